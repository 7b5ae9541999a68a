// Words that say nothing of anybody: what programs call their parts, and what stands on controls everywhere.

const WORDS = new Set(
  (
    "a access account action active add address admin all amount and app area at block body book box btn button by cancel card cart cell " +
    "close code column confirm contact container content copy count create current customer data date day default " +
    "delete detail dialog done down download edit email empty end entry error export failed field file filter for " +
    "form from group header heading help hidden history home icon id image in info input invoice is item label language last like line link list " +
    "log login main manage menu message mode more move my name nav new next no note number of ok on open option order out overview page panel password pay " +
    "payment print product profile query record remove report request result row save " +
    "search section see select send service set shop show size sort start state status step store submit success tab table tag " +
    "text the time title to top total type update upload url use user value view welcome with you your"
  ).split(" "),
);

/** Whether a word is one of them, or several of one of them. */
export const isPlainWord = (word: string): boolean => WORDS.has(word) || (/s$/.test(word) && WORDS.has(word.slice(0, -1)));

/** Whether a name of the program's own (an id, a class, a test id) is made of such words alone, and at most one digit. */
export function isPlain(name: string): boolean {
  if (name.length > 60 || /\d.*\d|[^\w:. -]/.test(name)) return false;
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().match(/[a-z]+/g);
  return words !== null && words.every(isPlainWord);
}
