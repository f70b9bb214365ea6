-- majors: 16-18
-- Origin, run_as_owner, parallel streaming, a slot name that must be quoted, the order of publications.
CREATE SUBSCRIPTION "Sub ""s""" CONNECTION 'host=nowhere.invalid' PUBLICATION "z z", a, "M;m" WITH (connect = false, slot_name = 'slot_1', origin = 'any', streaming = parallel, disable_on_error, synchronous_commit = 'local', password_required = true, run_as_owner = false);
