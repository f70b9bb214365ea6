import { format } from "oxfmt";
import { PACKAGES, ROOMS, forbiddenRooms } from "./layers.ts";

/**
 * The text of the linter's configuration with its layer rules (`overrides`) made from the list of layers. oxlint could
 * read a configuration in TypeScript, but only on Node 22.18 and later.
 */
export async function withLayerRules(configText: string): Promise<string> {
  const config = {
    ...(JSON.parse(configText) as Record<string, unknown>),
    overrides: ROOMS.map(layerRule),
  };
  const { code, errors } = await format(".oxlintrc.json", JSON.stringify(config), {});
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join("\n"));
  return code;
}

function layerRule(room: string): object {
  const forbidden = forbiddenRooms(room);
  return {
    files: [room.endsWith(".ts") ? `src/${room}` : `src/${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: Object.entries(PACKAGES)
            .filter(([, { rooms }]) => !rooms.includes(room))
            .map(([name, { typeRooms, reason }]) => ({
              name,
              message: reason,
              ...(typeRooms?.includes(room) && { allowTypeImports: true }),
            })),
          patterns:
            forbidden.length === 0
              ? []
              : [
                  {
                    regex: `^(\\./|(\\.\\./)+)(${forbidden.map(toRegex).join("|")})`,
                    message: `imports point down only: ${room} is below, or beside, that layer`,
                  },
                ],
        },
      ],
    },
  };
}

function toRegex(room: string): string {
  return room.endsWith(".ts") ? `${room.replace(".", "\\.")}$` : `${room}/`;
}
