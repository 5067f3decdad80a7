-- A text $7 by $1 in session $2 to conversation $3 under key $4, whose content has hash $5, where the facts are $6.
SELECT facts::text AS facts, message_seq, said_at FROM send_messages(
    ARRAY[ROW($1, $2, $3, $4, $5, true, 'TEXT', $7, '{}', NULL)::send_request], ARRAY[$6::text::send_facts], current_date)
