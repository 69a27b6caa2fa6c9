use super::*;
use serde_json::json;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn cron_means_the_clock_on_the_wall_of_its_time_zone() {
    let mornings = Schedule::cron("0 6 * * 1-5", "Europe/Berlin").unwrap();
    assert_eq!(mornings.next_after(at("2026-01-02T12:00:00Z")), Some(at("2026-01-05T05:00:00Z")));
    assert_eq!(mornings.next_after(at("2026-07-06T03:59:59Z")), Some(at("2026-07-06T04:00:00Z")));
    assert_eq!(mornings.next_after(at("2026-07-06T04:00:00Z")), Some(at("2026-07-07T04:00:00Z")));
}

#[test]
fn a_night_without_that_hour_still_runs_once() {
    let nightly = Schedule::cron("30 2 * * *", "Europe/Berlin").unwrap();
    let times = nightly.preview(at("2026-03-28T00:00:00Z"), 3);
    assert_eq!(times[0], at("2026-03-28T01:30:00Z"));
    assert_eq!(times[2], at("2026-03-30T00:30:00Z"));
    assert_eq!(times[1].date_naive().to_string(), "2026-03-29");
}

#[test]
fn minutes_count_from_the_last_time() {
    let quarter = Schedule::every(15).unwrap();
    assert_eq!(
        quarter.preview(at("2026-01-01T00:07:30Z"), 2),
        [at("2026-01-01T00:22:30Z"), at("2026-01-01T00:37:30Z")]
    );
    assert_eq!(Schedule::every(0), Err(ScheduleError::Minutes { minutes: 0 }));
    assert!(Schedule::every(527_041).is_err());
}

#[test]
fn what_is_no_schedule_is_refused_with_a_hint() {
    assert!(matches!(Schedule::cron("every day", "UTC"), Err(ScheduleError::Cron { .. })));
    assert!(matches!(Schedule::cron("* * * * * *", "UTC"), Err(ScheduleError::Cron { .. })));
    assert!(matches!(Schedule::cron("0 0 30 2 *", "UTC"), Err(ScheduleError::Never { .. })));
    assert!(matches!(Schedule::cron("0 0 * * *", "Mars/Olympus"), Err(ScheduleError::TimeZone { .. })));
    assert!(Schedule::cron(&"0 ".repeat(200), "UTC").is_err());
}

#[test]
fn a_schedule_is_stored_and_read_back_and_never_read_unchecked() {
    for stored in
        [json!({"cron": {"expression": "0 6 * * *", "time_zone": "Europe/Rome"}}), json!({"minutes": 60})]
    {
        let schedule: Schedule = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(serde_json::to_value(&schedule).unwrap(), stored);
    }
    let short: Schedule = serde_json::from_value(json!({"cron": {"expression": "0 6 * * *"}})).unwrap();
    assert_eq!(short, Schedule::cron("0 6 * * *", "UTC").unwrap());
    assert!(serde_json::from_value::<Schedule>(json!({"minutes": 0})).is_err());
    assert!(serde_json::from_value::<Schedule>(json!({"cron": {"expression": "x"}})).is_err());
}
