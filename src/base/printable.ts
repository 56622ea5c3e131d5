/** Control characters but the line feed, and marks of direction: a terminal would obey them instead of showing them. */
const obeyed = /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text of unknown origin as it can be shown on a terminal, line by line. */
export const printable = (text: string): string => text.replace(obeyed, '\ufffd');
