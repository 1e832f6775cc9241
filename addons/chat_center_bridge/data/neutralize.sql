-- a copy of the database writes to nobody, and takes nothing from providers
UPDATE chat_gateway
   SET state = 'paused'
 WHERE state = 'live';
UPDATE chat_gateway
   SET webhook_set_at = NULL,
       account_name = NULL,
       checked_at = NULL;
UPDATE chat_gateway_setting
   SET sealed = NULL;
UPDATE chat_outbox
   SET state = 'failed',
       problem = '{"code": "neutralized", "values": {}, "is_refusal": true}'
 WHERE state IN ('queued', 'sending');
UPDATE chat_inbox_file
   SET state = 'failed',
       problem = '{"code": "neutralized", "values": {}, "is_refusal": true}'
 WHERE state = 'new';
