-- When a session was last used and its user last proved who it is, what it is called in its user's list; and the codes with which
-- a second factor is enrolled. A factor that was begun belongs to the session that began it.

ALTER TABLE sessions
  ADD COLUMN IF NOT EXISTS last_seen_at DATETIME(6) NULL,
  ADD COLUMN IF NOT EXISTS authenticated_at DATETIME(6) NULL
    COMMENT 'When the password or a code was last given',
  ADD COLUMN IF NOT EXISTS device VARCHAR(64) NOT NULL DEFAULT '';

ALTER TABLE second_factors
  ADD COLUMN IF NOT EXISTS begun_by BINARY(32) NULL
    COMMENT 'The session that the secret was shown to',
  ADD COLUMN IF NOT EXISTS drift TINYINT NOT NULL DEFAULT 0
    COMMENT 'Steps by which the clock of the device is ahead';

CREATE TABLE IF NOT EXISTS enrolment_codes (
  user_id BIGINT NOT NULL PRIMARY KEY,
  hash BINARY(32) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  CONSTRAINT enrolment_codes_user_exists FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
