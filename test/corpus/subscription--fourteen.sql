-- majors: 14-18
CREATE SUBSCRIPTION binary_streaming CONNECTION 'host=nowhere.invalid' PUBLICATION a WITH (connect = false, slot_name = NONE, binary = true, streaming = on);
CREATE SUBSCRIPTION plain CONNECTION 'host=nowhere.invalid' PUBLICATION a WITH (connect = false, slot_name = NONE, streaming = off);
