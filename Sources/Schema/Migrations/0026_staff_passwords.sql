-- Whether a user's password was accepted by the rule for staff when it was chosen: its hash does not tell.

ALTER TABLE users
  ADD COLUMN IF NOT EXISTS has_staff_password BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'Whether the password may be that of staff';

UPDATE users SET has_staff_password = TRUE WHERE role <> 'user';
