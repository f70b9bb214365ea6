import { roundTrips } from "./suite.ts";

roundTrips(15);
