-- An action follows one other only. The lock on the last row does not see the first one, nor other nodes.
ALTER TABLE operator_actions
  ADD UNIQUE KEY IF NOT EXISTS operator_actions_previous_hash (previous_hash);
