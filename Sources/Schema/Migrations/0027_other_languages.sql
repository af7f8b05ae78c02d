-- What operators write in languages beside Chinese and English. A language is added to the software without a
-- migration: each line holds one, `fr=Débutant`.

ALTER TABLE coin_packages
  ADD COLUMN IF NOT EXISTS other_names TEXT NULL
    COMMENT 'The name in further languages, one a line: fr=Débutant' AFTER name_en;

ALTER TABLE site_controls
  ADD COLUMN IF NOT EXISTS other_notices TEXT NULL
    COMMENT 'The notice in further languages, one a line' AFTER notice_en;
