/** Version of the layout and of the formats of everything that is not versioned itself. */
export const FORMAT = 1;

/** What `store.json` says. */
export const formatText = `${JSON.stringify({ format: FORMAT })}\n`;

/** The format that `store.json` names; nothing when it names none. */
export function parseFormat(text: string | undefined): number | undefined {
  try {
    const { format } = JSON.parse(text ?? '') as { format?: unknown };
    return Number.isInteger(format) ? (format as number) : undefined;
  } catch {
    return undefined;
  }
}
