// Words that say nothing of anybody: what programs call their parts, and what stands on controls everywhere.

const WORDS = new Set(
  (
    "a access account action active add address admin all amount and app area at back bar block body book box btn button by cancel card cart cell chart " +
    "check choose city clear close code column comment confirm contact container content copy count country create current customer data date day default " +
    "delete demo description detail dialog diary done down download draft edit email empty end entry error export failed field file filter first footer for " +
    "form from full group header heading help hidden history home icon id image in info input invoice is item label language last left like line link list " +
    "log login main manage menu message mode more move my name nav new next no note number of ok on open option order out overview page panel password pay " +
    "payment pending phone plan post prev price print product profile project quantity query read record remove report request reset result right row save " +
    "search section see select send service set setting share shop show sign size sort start state status step store submit success summary tab table tag " +
    "team test text the this time title to tool top total type up update upload url use user value version view welcome widget with yes you your"
  ).split(" "),
);

/** Whether a word is one of them, or several of one of them. */
export const isPlainWord = (word: string): boolean => WORDS.has(word) || (word.endsWith("s") && WORDS.has(word.slice(0, -1)));

/** Whether a name of the program's own (an id, a class, a test id) is made of such words alone, and at most one digit. */
export function isPlain(name: string): boolean {
  if (name.length > 60 || /\d.*\d|[^\w:. -]/.test(name)) return false;
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().match(/[a-z]+/g);
  return words !== null && words.every(isPlainWord);
}
