-- What operators switch in an emergency. Every worker reads these two small tables every other second.

CREATE TABLE IF NOT EXISTS site_controls (
  id TINYINT NOT NULL PRIMARY KEY,
  mode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'OPEN',
  ends_at DATETIME(6) NULL COMMENT 'When the mode ends by itself',
  notice_zh VARCHAR(280) NULL,
  notice_en VARCHAR(280) NULL,
  settlement_stopped BOOLEAN NOT NULL DEFAULT FALSE,
  updated_at DATETIME(6) NOT NULL,
  CONSTRAINT site_controls_one_row CHECK (id = 1),
  CONSTRAINT site_controls_mode_known CHECK (mode IN ('OPEN', 'ORDERS_PAUSED', 'READ_ONLY')),
  CONSTRAINT site_controls_both_languages CHECK ((notice_zh IS NULL) = (notice_en IS NULL)),
  CONSTRAINT site_controls_stopped_is_closed CHECK (NOT settlement_stopped OR mode = 'READ_ONLY')
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO site_controls (id, updated_at) VALUES (1, UTC_TIMESTAMP(6));

CREATE TABLE IF NOT EXISTS method_controls (
  method VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  is_off BOOLEAN NOT NULL DEFAULT FALSE,
  backup VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'Offered in its place while it cannot be used',
  position INT NULL COMMENT 'Its place among the methods, behind all others without one',
  updated_at DATETIME(6) NOT NULL,
  CONSTRAINT method_controls_backup_is_another CHECK (backup <> method)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
