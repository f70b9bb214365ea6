-- majors: 15-18
CREATE SUBSCRIPTION two_phase CONNECTION 'host=nowhere.invalid' PUBLICATION a WITH (connect = false, slot_name = NONE, two_phase = true, disable_on_error = true);
