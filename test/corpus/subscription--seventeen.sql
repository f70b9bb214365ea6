-- majors: 17-18
CREATE SUBSCRIPTION failing_over CONNECTION 'host=nowhere.invalid' PUBLICATION a WITH (connect = false, slot_name = NONE, failover = true);
