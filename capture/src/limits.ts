// Bounds, units last. Those of the wire repeat schemas/limits.py: beyond them the recorder cuts.
export const TEXT_CHARS_MAX = 200;
export const NAME_CHARS_MAX = 80;
export const VALUE_CHARS_MAX = 10_000;
/** An editor of more elements is not looked into. */
export const EDITED_MAX = 2_000;
/** So much is told of what an action changed in it. */
export const EDITED_CHARS_MAX = 1_000;
/** Keys and stretches of text told of one stay in a field. */
export const STROKES_MAX = 200;
export const URL_CHARS_MAX = 4_000;
export const CANDIDATES_MAX = 20;
export const CHANGE_CANDIDATES_MAX = 8;
export const ANCESTORS_MAX = 8;
export const FRAMES_MAX = 5;
export const OPTIONS_MAX = 50;
export const FILES_MAX = 50;
export const CHANGES_MAX = 40;
export const PATH_STEPS_MAX = 20;
export const REQUESTS_PER_ACTION_MAX = 30;
export const ELEMENTS_MAX = 12_000;
/** Longer lists aren't counted. */
export const LIST_ITEMS_MAX = 200;
/** Of longer lists the order isn't told. */
export const ORDERED_ITEMS_MAX = 20;
export const ITEMS_MAX = 2_500;
export const DIGEST_KEYS_MAX = 1_500;
export const DIGEST_FIELDS_MAX = 100;

/** A look at a large page is taken in slices, so that the page's own work is not kept waiting. */
export const TASK_MS = 12;
/** A look when the pointer comes to another element is left out where the last look took longer; on a busy machine that of a small page does, now and then. */
export const HOVER_TASK_MS = 40;
/** What changes so soon after the pointer came somewhere changes by that. */
export const HOVERED_MS = 100;
/** Smaller pages are looked at when the user acts. */
export const LARGE_ELEMENTS = 1_000;
export const QUIET_MS = 150;
export const END_QUIET_MS = 450;
export const QUIET_WAIT_MS = 3_000;
export const LOAD_WAIT_MS = 6_000;
export const END_WAIT_MS = 2_000;
export const HOLD_MS = 4_000;
export const CAUSE_MS = 5_000;
export const LATE_MS = 30_000;
export const REQUEST_WAIT_MS = 4_000;
export const IDLE_MS = 30 * 60_000;
export const HANDOFF_MS = 15_000;
export const SECRET_HOLD_MS = 20_000;

export const BATCH_EVENTS_MAX = 100;
export const BATCH_CHARS_MAX = 400_000;
export const KEEPALIVE_CHARS_MAX = 55_000;
export const QUEUE_CHARS_MAX = 4_000_000;
export const EVENT_CHARS_MAX = 240_000;
/** What a tab without a connection leaves to later pages of the origin, in storage that the page shares. */
export const LEFT_EVENTS_MAX = 100;
export const LEFT_CHARS_MAX = 200_000;
export const SEND_AFTER_MS = 80;
export const RETRY_MIN_MS = 400;
export const RETRY_MAX_MS = 20_000;
export const END_DELIVERY_MS = 60_000;
/** Text fields out of sight that are looked at while the user types. */
export const UNSEEN_FIELDS_MAX = 50;
