SELECT id, width, height, placeholder FROM photos WHERE id = ANY($1)
