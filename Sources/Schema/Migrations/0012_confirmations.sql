-- An operator's word that a payment was made. Above a set amount a second person has to agree.
CREATE TABLE IF NOT EXISTS confirmations (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  payment_id BIGINT NOT NULL,
  provider_txn_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  provider_answer VARCHAR(255) NOT NULL
    COMMENT 'What the provider said when it was asked',
  reason VARCHAR(255) NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  needs_second BOOLEAN NOT NULL,
  requested_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decided_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  request_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  decided_at DATETIME(6) NULL,
  event_id BIGINT NULL,
  UNIQUE KEY confirmations_request_key (request_key),
  KEY confirmations_payment (payment_id),
  KEY confirmations_status (status, id),
  CONSTRAINT confirmations_payment_exists FOREIGN KEY (payment_id) REFERENCES payments (id),
  CONSTRAINT confirmations_event_exists FOREIGN KEY (event_id) REFERENCES payment_events (id),
  CONSTRAINT confirmations_status_known CHECK (status IN ('OPEN', 'APPROVED', 'REJECTED')),
  CONSTRAINT confirmations_decided CHECK (
    (status = 'OPEN') = (decided_by IS NULL AND decided_at IS NULL)),
  CONSTRAINT confirmations_two_persons CHECK (
    NOT (needs_second AND status = 'APPROVED' AND decided_by = requested_by))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What operators did, by whom and to what.
ALTER TABLE operator_actions
  ADD KEY IF NOT EXISTS operator_actions_actor (actor, id),
  ADD KEY IF NOT EXISTS operator_actions_action (action, id),
  ADD KEY IF NOT EXISTS operator_actions_subject (subject, id);
