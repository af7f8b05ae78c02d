-- Deeds of operators that wait for a second person: above a limit, or for an account of their own.
CREATE TABLE IF NOT EXISTS operator_requests (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  deed VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id BIGINT NOT NULL COMMENT 'Whose coins',
  order_no VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  coins BIGINT NOT NULL COMMENT 'Given, taken or left with the buyer',
  amount BIGINT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  coin_rule VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason VARCHAR(255) NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  requested_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decided_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  request_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  action_id BIGINT NOT NULL COMMENT 'What the audit log says of the request',
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  decided_at DATETIME(6) NULL,
  UNIQUE KEY operator_requests_request_key (request_key),
  KEY operator_requests_status (status, id),
  CONSTRAINT operator_requests_user_exists FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT operator_requests_status_known CHECK (
    status IN ('OPEN', 'APPROVED', 'REJECTED', 'EXPIRED')),
  CONSTRAINT operator_requests_two_persons CHECK (
    NOT (status = 'APPROVED' AND decided_by = requested_by))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What each person has done alone on a local day, in coins.
CREATE TABLE IF NOT EXISTS operator_days (
  person VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day DATE NOT NULL,
  coins BIGINT NOT NULL,
  PRIMARY KEY (person, day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
