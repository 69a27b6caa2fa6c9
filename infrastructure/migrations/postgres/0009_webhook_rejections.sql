-- Webhooks that were not taken: how many for each reason, and the last ones. Times are microseconds since 1970.
CREATE TABLE webhook_rejections (
    seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text NOT NULL,
    reason   text NOT NULL,
    size     bigint NOT NULL,
    at       bigint NOT NULL
);
CREATE TABLE webhook_rejection_counts (
    reason text COLLATE "C" NOT NULL PRIMARY KEY,
    total  bigint NOT NULL
);
