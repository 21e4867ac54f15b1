PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('1');
INSERT INTO grdb_migrations VALUES('2');
INSERT INTO grdb_migrations VALUES('3');
INSERT INTO grdb_migrations VALUES('4');
CREATE TABLE store (
  uuid TEXT NOT NULL,
  created INTEGER NOT NULL,
  next_task INTEGER NOT NULL,
  next_instance INTEGER NOT NULL
);
INSERT INTO store VALUES('5f05dccf-4a18-4cbd-b0b1-866497f2f778',1795947660323,11,81);
CREATE TABLE progress (
  workflow_id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  fatal INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0
);
INSERT INTO progress VALUES(0,120,0,0,0);
INSERT INTO progress VALUES(1,0,10,0,1);
CREATE TABLE template_version (
  id INTEGER PRIMARY KEY,
  tool TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  name TEXT NOT NULL,
  command_template TEXT NOT NULL,
  arguments TEXT NOT NULL,         -- {"node":[…],"task":[…],"op":[…]}
  runtime_count INTEGER NOT NULL DEFAULT 0,
  runtime_mean REAL NOT NULL DEFAULT 0,
  UNIQUE (tool, tool_version, name, command_template, arguments)
);
INSERT INTO template_version VALUES(1,'t','1','short','true {n}','{"node":["n"],"op":[],"task":[]}',5,0.023849399999999999766);
INSERT INTO template_version VALUES(2,'t','1','flaky','test -e tried || (touch tried; exit 3)','{"node":[],"op":[],"task":[]}',1,0.0012160000000000000669);
INSERT INTO template_version VALUES(3,'t','1','late','test -e ready || (while [ ! -s driver ]; do sleep 0.01; done; kill -INT $(cat driver); sleep 60)','{"node":[],"op":[],"task":[]}',1,0.003699000000000000031);
INSERT INTO template_version VALUES(4,'t','1','bad','test -e good','{"node":[],"op":[],"task":[]}',0,0.0);
INSERT INTO template_version VALUES(5,'t','1','slow','test -e good || sleep 10','{"node":[],"op":[],"task":[]}',1,0.0025980000000000000488);
INSERT INTO template_version VALUES(6,'t','1','end','test ! -e stay || sleep 60','{"node":[],"op":[],"task":[]}',2,0.001358000000000000049);
CREATE TABLE array (
  workflow_id INTEGER NOT NULL REFERENCES workflow (id),
  place INTEGER NOT NULL,
  template_version_id INTEGER NOT NULL REFERENCES template_version (id),
  settings TEXT NOT NULL,
  max_concurrently_running INTEGER,
  retry_exit_codes TEXT,
  no_retry_exit_codes TEXT NOT NULL,
  PRIMARY KEY (workflow_id, place)
) WITHOUT ROWID;
INSERT INTO array VALUES(1,0,1,'{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}',2,NULL,'[]');
INSERT INTO array VALUES(1,1,2,'{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}',NULL,NULL,'[]');
INSERT INTO array VALUES(1,2,3,'{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}',NULL,NULL,'[]');
INSERT INTO array VALUES(1,3,4,'{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}',NULL,NULL,'[1]');
INSERT INTO array VALUES(1,4,5,'{"computeResources":{"any":{"other":{},"runtime":1}},"fallbackQueues":{},"resourceScales":{}}',NULL,NULL,'[]');
INSERT INTO array VALUES(1,5,6,'{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}',NULL,NULL,'[]');
CREATE TABLE settings (
  workflow_id INTEGER NOT NULL REFERENCES workflow (id),
  place INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (workflow_id, place)
) WITHOUT ROWID;
INSERT INTO settings VALUES(1,0,'{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}');
CREATE TABLE upstream_set (
  workflow_id INTEGER NOT NULL REFERENCES workflow (id),
  place INTEGER NOT NULL,
  members BLOB NOT NULL,
  PRIMARY KEY (workflow_id, place)
) WITHOUT ROWID;
INSERT INTO upstream_set VALUES(1,1,X'0001010101');
INSERT INTO upstream_set VALUES(1,2,X'05');
INSERT INTO upstream_set VALUES(1,3,X'06');
INSERT INTO upstream_set VALUES(1,4,X'0701');
CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
);
INSERT INTO request VALUES(1,'{"cores":1,"other":{}}');
INSERT INTO request VALUES(2,'{"cores":1,"other":{},"runtime":1}');
INSERT INTO request VALUES(3,'{"cores":1,"other":{},"runtime":2}');
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  workflow_id INTEGER NOT NULL REFERENCES workflow (id),
  status TEXT NOT NULL,
  driver TEXT NOT NULL,            -- DriverRecord, JSON
  user TEXT NOT NULL,
  cluster TEXT NOT NULL,
  logs TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  beats INTEGER NOT NULL,
  asked_by TEXT,                   -- UUID of the run that wants the workflow
  asked_cold INTEGER NOT NULL DEFAULT 0,
  stop_by TEXT,                    -- who has asked the run to stop
  stop_cancel INTEGER NOT NULL DEFAULT 0
, cluster_was_given INTEGER NOT NULL DEFAULT 0, working_directory TEXT, beat_at INTEGER);
INSERT INTO run VALUES(1,'0350cd10-98a4-49a0-acfe-398d67f34fba',1,'STOPPED','{"bootID":"b04d0fff-3eba-4807-8c31-b59612ca5258","cluster":"local","clusterWasGiven":false,"host":"node1","logs":"/home/ann/.jobmon/logs","pid":13220,"pidNamespace":"pid:[4026531836]","processStart":2656552,"runUUID":"0350cd10-98a4-49a0-acfe-398d67f34fba","uid":0,"user":"root"}','root','local','/home/ann/.jobmon/logs',1795947660704,1795947660798,0,NULL,0,NULL,0,0,'/srv/project',1795947660704);
INSERT INTO run VALUES(2,'d6c608d2-b924-4fdd-92a5-90aa0aa32f21',1,'ERROR','{"bootID":"b04d0fff-3eba-4807-8c31-b59612ca5258","cluster":"local","clusterWasGiven":false,"host":"node1","logs":"/home/ann/.jobmon/logs","pid":14108,"pidNamespace":"pid:[4026531836]","processStart":2656604,"resume":"HOT_RESUME","runUUID":"d6c608d2-b924-4fdd-92a5-90aa0aa32f21","uid":0,"user":"root"}','root','local','/home/ann/.jobmon/logs',1795947660942,1795947663990,0,NULL,0,NULL,0,0,'/srv/project',1795947660942);
INSERT INTO run VALUES(3,'c09dac17-830f-4246-a256-d4bcb9299db1',1,'DONE','{"bootID":"b04d0fff-3eba-4807-8c31-b59612ca5258","cluster":"local","clusterWasGiven":false,"host":"node1","logs":"/home/ann/.jobmon/logs","pid":18255,"pidNamespace":"pid:[4026531836]","processStart":2656932,"resume":"HOT_RESUME","runUUID":"c09dac17-830f-4246-a256-d4bcb9299db1","uid":0,"user":"root"}','root','local','/home/ann/.jobmon/logs',1795947664103,1795947664274,0,NULL,0,NULL,0,0,'/srv/project',1795947664103);
INSERT INTO run VALUES(4,'e10fe230-b2b7-42fd-8643-25689918dc9f',1,'TERMINATED','{"bootID":"b04d0fff-3eba-4807-8c31-b59612ca5258","cluster":"local","clusterWasGiven":false,"host":"node1","logs":"/home/ann/.jobmon/logs","pid":18501,"pidNamespace":"pid:[4026531836]","processStart":2656953,"resume":"HOT_RESUME","runUUID":"e10fe230-b2b7-42fd-8643-25689918dc9f","uid":0,"user":"root"}','root','local','/home/ann/.jobmon/logs',1795947664461,1795947667392,0,NULL,0,NULL,0,0,'/srv/project',1795947664461);
INSERT INTO run VALUES(5,'d3011496-0d93-4dce-aa27-a315460f3076',1,'DONE','{"bootID":"b04d0fff-3eba-4807-8c31-b59612ca5258","cluster":"local","clusterWasGiven":false,"host":"node1","logs":"/home/ann/.jobmon/logs","pid":21634,"pidNamespace":"pid:[4026531836]","processStart":2657258,"resume":"HOT_RESUME","runUUID":"d3011496-0d93-4dce-aa27-a315460f3076","uid":0,"user":"root"}','root','local','/home/ann/.jobmon/logs',1795947667397,1795947667827,0,NULL,0,NULL,0,0,'/srv/project',1795947667397);
CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,
  run_id INTEGER NOT NULL REFERENCES run (id),
  cluster TEXT NOT NULL,
  array INTEGER NOT NULL,
  request_id INTEGER NOT NULL REFERENCES request (id)
);
INSERT INTO batch VALUES(1,'0350cd1098a4-0',1,'local',0,1);
INSERT INTO batch VALUES(2,'0350cd1098a4-1',1,'local',1,1);
INSERT INTO batch VALUES(3,'0350cd1098a4-2',1,'local',2,1);
INSERT INTO batch VALUES(4,'d6c608d2b924-0',2,'local',2,1);
INSERT INTO batch VALUES(5,'d6c608d2b924-1',2,'local',3,1);
INSERT INTO batch VALUES(6,'d6c608d2b924-2',2,'local',4,2);
INSERT INTO batch VALUES(7,'d6c608d2b924-3',2,'local',4,3);
INSERT INTO batch VALUES(8,'c09dac17830f-0',3,'local',4,2);
INSERT INTO batch VALUES(9,'c09dac17830f-1',3,'local',5,1);
INSERT INTO batch VALUES(10,'e10fe230b2b7-0',4,'local',5,1);
INSERT INTO batch VALUES(11,'d30114960d93-0',5,'local',5,1);
CREATE TABLE instance (
  id INTEGER PRIMARY KEY,
  workflow_id INTEGER NOT NULL,
  task_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  place INTEGER NOT NULL,          -- in the batch
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  is_retry INTEGER NOT NULL DEFAULT 0,  -- whether another attempt followed for its failure
  seq INTEGER NOT NULL,            -- of its last change
  created INTEGER NOT NULL,
  started INTEGER,
  ended INTEGER,
  handle TEXT,
  node TEXT,
  cause TEXT,
  code INTEGER,                    -- exit code or signal, by cause
  wall REAL, cpu REAL, peak INTEGER,    -- seconds, seconds, bytes
  next_request INTEGER,            -- what the attempt after it asks for, where that changed
  message TEXT
);
INSERT INTO instance VALUES(1,1,1,1,1,0,1,'DONE',0,0,13,1795947660706,1795947660707,1795947660755,NULL,'node1','exit',0,0.047555000000000000048,0.00095299999999999996259,NULL,NULL,NULL);
INSERT INTO instance VALUES(2,1,2,1,1,1,1,'DONE',0,0,17,1795947660706,1795947660707,1795947660755,NULL,'node1','exit',0,0.047431000000000000937,0.00085899999999999995456,NULL,NULL,NULL);
INSERT INTO instance VALUES(3,1,3,1,1,2,1,'DONE',0,0,25,1795947660706,1795947660755,1795947660763,NULL,'node1','exit',0,0.0073670000000000002843,0.00097799999999999991974,NULL,NULL,NULL);
INSERT INTO instance VALUES(4,1,4,1,1,3,1,'DONE',0,0,23,1795947660706,1795947660755,1795947660762,NULL,'node1','exit',0,0.0069030000000000002816,0.00090399999999999996417,NULL,NULL,NULL);
INSERT INTO instance VALUES(5,1,5,1,1,4,1,'DONE',0,0,29,1795947660706,1795947660762,1795947660772,NULL,'node1','exit',0,0.0099909999999999998809,0.00086799999999999995648,NULL,NULL,NULL);
INSERT INTO instance VALUES(6,1,6,1,2,0,1,'ERROR',0,1,35,1795947660772,1795947660773,1795947660777,NULL,'node1','exit',3,0.0038660000000000000787,0.0026220000000000001985,NULL,NULL,'exit code 3');
INSERT INTO instance VALUES(7,1,6,1,2,1,2,'DONE',0,0,40,1795947660777,1795947660777,1795947660778,NULL,'node1','exit',0,0.0012160000000000000669,0.0010120000000000000956,NULL,NULL,NULL);
INSERT INTO instance VALUES(8,1,7,1,3,0,1,'KILLED',0,0,46,1795947660778,1795947660779,1795947660791,NULL,'node1','interrupted',NULL,0.011948999999999999552,0.0035880000000000000434,NULL,NULL,'ended on request');
INSERT INTO instance VALUES(17,1,7,2,4,0,1,'DONE',0,0,56,1795947660970,1795947660973,1795947660977,NULL,'node1','exit',0,0.003699000000000000031,0.0009550000000000000112,NULL,NULL,NULL);
INSERT INTO instance VALUES(18,1,8,2,5,0,1,'FATAL',0,0,64,1795947660977,1795947660977,1795947660980,NULL,'node1','exit',1,0.0030189999999999999821,0.00090799999999999995298,NULL,NULL,'exit code 1; exit code 1 is not retried');
INSERT INTO instance VALUES(19,1,9,2,6,0,1,'RESOURCE_ERROR',0,1,68,1795947660977,1795947660977,1795947661980,NULL,'node1','runtime',NULL,1.0029200000000000336,0.002026000000000000023,NULL,3,'ran longer than it asked for: ran for 1 s, asked for 1 s');
INSERT INTO instance VALUES(20,1,9,2,7,0,2,'RESOURCE_ERROR',0,0,74,1795947661982,1795947661982,1795947663986,NULL,'node1','runtime',NULL,2.0032779999999998921,0.0021150000000000001264,NULL,NULL,'ran longer than it asked for: ran for 2 s, asked for 2 s; the last of 2 attempts');
INSERT INTO instance VALUES(33,1,9,3,8,0,1,'DONE',0,0,90,1795947664262,1795947664264,1795947664267,NULL,'node1','exit',0,0.0025980000000000000488,0.001232999999999999938,NULL,NULL,NULL);
INSERT INTO instance VALUES(34,1,10,3,9,0,1,'DONE',0,0,96,1795947664267,1795947664267,1795947664269,NULL,'node1','exit',0,0.0012680000000000000298,0.0010579999999999999127,NULL,NULL,NULL);
INSERT INTO instance VALUES(49,1,10,4,10,0,1,'KILLED',0,0,111,1795947664520,1795947664521,1795947667606,NULL,'node1','interrupted',NULL,NULL,NULL,NULL,NULL,'its run ended before it did');
INSERT INTO instance VALUES(65,1,10,5,11,0,1,'DONE',0,0,117,1795947667821,1795947667822,1795947667824,NULL,'node1','exit',0,0.0014480000000000000683,0.00094700000000000003359,NULL,NULL,NULL);
CREATE TABLE change (
  seq INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  kind TEXT NOT NULL,              -- workflow, workflow_run, task, task_instance, limit
  workflow_id INTEGER NOT NULL,
  run_id INTEGER,
  id INTEGER,                      -- of the row that changed; the first of several
  others TEXT,                     -- ids of further rows, as ranges: "14-20,31"
  old TEXT,
  new TEXT NOT NULL,
  by TEXT,
  why TEXT
);
INSERT INTO change VALUES(1,1795947660699,'workflow',1,NULL,1,NULL,NULL,'REGISTERING',NULL,NULL);
INSERT INTO change VALUES(2,1795947660702,'workflow',1,NULL,1,NULL,'REGISTERING','QUEUED',NULL,NULL);
INSERT INTO change VALUES(3,1795947660704,'workflow_run',1,1,1,NULL,NULL,'RUNNING','root',NULL);
INSERT INTO change VALUES(4,1795947660704,'workflow',1,1,1,NULL,'QUEUED','RUNNING',NULL,NULL);
INSERT INTO change VALUES(48,1795947660798,'workflow_run',1,1,1,NULL,'RUNNING','STOPPED',NULL,NULL);
INSERT INTO change VALUES(49,1795947660798,'workflow',1,1,1,NULL,'RUNNING','HALTED',NULL,NULL);
INSERT INTO change VALUES(50,1795947660942,'workflow_run',1,2,2,NULL,'HOT_RESUME','RUNNING','root',NULL);
INSERT INTO change VALUES(51,1795947660942,'workflow',1,2,1,NULL,'HALTED','RUNNING',NULL,NULL);
INSERT INTO change VALUES(76,1795947663990,'workflow_run',1,2,2,NULL,'RUNNING','ERROR',NULL,NULL);
INSERT INTO change VALUES(77,1795947663990,'workflow',1,2,1,NULL,'RUNNING','FAILED',NULL,NULL);
INSERT INTO change VALUES(78,1795947664005,'task',1,NULL,8,'8-9','FATAL','PENDING','root','set by hand');
INSERT INTO change VALUES(80,1795947664006,'workflow',1,NULL,1,NULL,'FAILED','HALTED','root',NULL);
INSERT INTO change VALUES(81,1795947664020,'limit',1,NULL,1,NULL,'none','3','root',NULL);
INSERT INTO change VALUES(82,1795947664036,'limit',1,NULL,1,NULL,'none','2','root','template short');
INSERT INTO change VALUES(83,1795947664071,'task',1,NULL,8,NULL,'PENDING','DONE','root','set by hand');
INSERT INTO change VALUES(84,1795947664103,'workflow_run',1,3,3,NULL,'HOT_RESUME','RUNNING','root',NULL);
INSERT INTO change VALUES(85,1795947664103,'workflow',1,3,1,NULL,'HALTED','RUNNING',NULL,NULL);
INSERT INTO change VALUES(98,1795947664274,'workflow_run',1,3,3,NULL,'RUNNING','DONE',NULL,NULL);
INSERT INTO change VALUES(99,1795947664274,'workflow',1,3,1,NULL,'RUNNING','DONE',NULL,NULL);
INSERT INTO change VALUES(100,1795947664285,'task',1,NULL,10,NULL,'DONE','PENDING','root','set by hand');
INSERT INTO change VALUES(101,1795947664285,'workflow',1,NULL,1,NULL,'DONE','HALTED','root',NULL);
INSERT INTO change VALUES(102,1795947664463,'workflow_run',1,4,4,NULL,'HOT_RESUME','RUNNING','root',NULL);
INSERT INTO change VALUES(103,1795947664463,'workflow',1,4,1,NULL,'HALTED','RUNNING',NULL,NULL);
INSERT INTO change VALUES(108,1795947667392,'workflow_run',1,4,4,NULL,NULL,'TERMINATED','root','its driver was found dead');
INSERT INTO change VALUES(109,1795947667398,'workflow_run',1,5,5,NULL,'HOT_RESUME','RUNNING','root',NULL);
INSERT INTO change VALUES(110,1795947667398,'workflow',1,5,1,NULL,'RUNNING','RUNNING',NULL,NULL);
INSERT INTO change VALUES(119,1795947667827,'workflow_run',1,5,5,NULL,'RUNNING','DONE',NULL,NULL);
INSERT INTO change VALUES(120,1795947667827,'workflow',1,5,1,NULL,'RUNNING','DONE',NULL,NULL);
CREATE TABLE IF NOT EXISTS "workflow" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tool TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  workflow_args TEXT NOT NULL,
  attributes TEXT NOT NULL,
  working_directory TEXT NOT NULL,
  on_finish TEXT,
  settings TEXT NOT NULL,          -- TaskSettings of the workflow, JSON
  tool_settings TEXT NOT NULL,     -- TaskSettings of the tool, JSON
  max_concurrently_running INTEGER,
  identity BLOB NOT NULL,
  dag BLOB NOT NULL,
  task_set BLOB NOT NULL,
  status TEXT NOT NULL,
  user TEXT NOT NULL,              -- who bound it
  created INTEGER NOT NULL,
  first_task INTEGER NOT NULL,     -- its tasks have the ids first_task ..< first_task + task_count
  task_count INTEGER NOT NULL,
  is_bound INTEGER NOT NULL,       -- 0 while slices are still missing
  has_started INTEGER NOT NULL,    -- whether any task instance was ever made
  holder INTEGER,                  -- the run that holds the lease
  replaced_by INTEGER              -- the workflow that --accept-changes made in its place
    , project_folder TEXT);
INSERT INTO workflow VALUES(1,'t','1','n',NULL,'x','{}','/srv/project',NULL,'{"computeResources":{},"fallbackQueues":{},"maxAttempts":2,"resourceScales":{}}','{"computeResources":{},"fallbackQueues":{},"resourceScales":{}}',3,X'a92e869ebd20dfdd395dedcf36807a5320a49d02e0f840d42b6bca14e2b4f58b',X'4524ac50baad77da6411584e386272e36e2e8fb4a00211c228ac3733887ed5bb',X'6c75e38364d74a6d2f7dfe2a94a21cdb49936471a0f8fe4ed1c8a9b6b915d778','DONE','root',1795947660696,1,10,1,1,NULL,NULL,'/srv/project');
CREATE TABLE IF NOT EXISTS "task" (
  id INTEGER PRIMARY KEY,
  array INTEGER NOT NULL,          -- place of the array in the workflow
  status TEXT NOT NULL,            -- G, D, E, A or F: what is known without an open instance
  retries INTEGER NOT NULL,
  written TEXT                     -- attributes that its command wrote, JSON
);
INSERT INTO task VALUES(1,0,'D',0,NULL);
INSERT INTO task VALUES(2,0,'D',0,NULL);
INSERT INTO task VALUES(3,0,'D',0,NULL);
INSERT INTO task VALUES(4,0,'D',0,NULL);
INSERT INTO task VALUES(5,0,'D',0,NULL);
INSERT INTO task VALUES(6,1,'D',1,NULL);
INSERT INTO task VALUES(7,2,'D',0,NULL);
INSERT INTO task VALUES(8,3,'D',0,NULL);
INSERT INTO task VALUES(9,4,'D',0,NULL);
INSERT INTO task VALUES(10,5,'D',0,NULL);
CREATE TABLE task_definition (
  id INTEGER PRIMARY KEY,
  upstream_set INTEGER NOT NULL,
  settings INTEGER NOT NULL,
  name TEXT NOT NULL,
  arguments BLOB NOT NULL,         -- values in the template's order, each with its length before it
  node_hash BLOB NOT NULL,
  command TEXT,                    -- only where it is not what the template renders
  attributes TEXT
);
INSERT INTO task_definition VALUES(1,0,0,'short_n-1',X'0131',X'519e0f17d100d6807e466abc7bc68d54078558c543f534019bd1ff16b1c8d9ab',NULL,NULL);
INSERT INTO task_definition VALUES(2,0,0,'short_n-2',X'0132',X'050356d7488651d9cc757586998df6c921faf9ed5cb94acae4104d2ca571125b',NULL,NULL);
INSERT INTO task_definition VALUES(3,0,0,'short_n-3',X'0133',X'139c7761e1a30cc00ad2343774700e811f19faba13a357b0e0f1f9d1dd3be7ff',NULL,NULL);
INSERT INTO task_definition VALUES(4,0,0,'short_n-4',X'0134',X'0dac72af39922d9a6669d0ae8dc3ec61da4a669f7a8d7bc73e4daea2283830e4',NULL,NULL);
INSERT INTO task_definition VALUES(5,0,0,'short_n-5',X'0135',X'767fe384464602a73cec582affaff39a13b80effc81799c84f181bf1995ed5c4',NULL,NULL);
INSERT INTO task_definition VALUES(6,1,0,'flaky',X'',X'4fd3c45dd458fa9dce3758f79310e695aa701379e2225fb541ed811411ff6303',NULL,NULL);
INSERT INTO task_definition VALUES(7,2,0,'late',X'',X'edca544c30b276168c92d26ffc297b412d34969ff2f0a4380df1fbabeb0ba76b',NULL,NULL);
INSERT INTO task_definition VALUES(8,3,0,'bad',X'',X'549d2626afffb5d2f986e84e375197b1f609ed37d36c7b39a9624d346c924fec',NULL,NULL);
INSERT INTO task_definition VALUES(9,3,0,'slow',X'',X'7faf994c11f20d6416b04267a4acee6c8027772ec1593f269afd829a35d419e2',NULL,NULL);
INSERT INTO task_definition VALUES(10,4,0,'end',X'',X'fcea6fad80df1a8db6ceabddb597138a4f37e3086f1f6f7c27e277a4d1e1dfad',NULL,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('workflow',1);
INSERT INTO sqlite_sequence VALUES('run',5);
CREATE INDEX run_of_workflow ON run (workflow_id);
CREATE INDEX instance_of_task ON instance (task_id);
CREATE INDEX change_of_workflow ON change (workflow_id, seq);
CREATE UNIQUE INDEX workflow_key ON workflow (tool, tool_version, workflow_args) WHERE replaced_by IS NULL;
CREATE INDEX instance_open ON instance (workflow_id) WHERE is_open;
COMMIT;
