// The wire contract: what schemas/events.py and schemas/elements.py parse. Fields with their default value are left out.

export interface PathStep {
  tag: string;
  nth_of_type: number;
}

export type Locator =
  | { by: "test_id"; value: string; attribute: string }
  | { by: "role"; role: string; name?: string; exact?: boolean; level?: number }
  | { by: "label" | "placeholder" | "alt" | "text" | "title"; value: string; exact?: boolean }
  | { by: "id"; value: string }
  | { by: "attribute"; tag: string; attribute: string; value: string }
  | { by: "tag"; tag: string; classes?: string[] }
  | { by: "path"; steps: PathStep[] };

export interface Scope {
  locator: Locator;
  has_text?: string;
  count: number;
}

export interface Candidate {
  locator: Locator;
  within?: Scope[];
  count: number;
  index: number;
}

export interface Ancestor {
  tag: string;
  role?: string;
  name?: string;
  test_id?: string;
  id?: string;
}

export interface ElementShot {
  tag: string;
  type?: string;
  role?: string;
  name?: string;
  name_from?: string;
  text?: string;
  text_cut?: boolean;
  label?: string;
  placeholder?: string;
  alt?: string;
  title?: string;
  id?: string;
  name_attribute?: string;
  test_id?: string;
  href?: string;
  autocomplete?: string;
  classes?: string[];
  level?: number;
  editable?: boolean;
  visible?: boolean;
  disabled?: boolean;
  checked?: boolean;
  covered?: boolean;
  masked?: boolean;
  in_password_form?: boolean;
  live?: boolean;
  shadow?: boolean;
  form?: string;
  form_holds?: boolean;
  candidates?: Candidate[];
  ancestors?: Ancestor[];
  frames?: Candidate[][];
}

export interface PageShot {
  url: string;
  title: string;
  width_px?: number;
  height_px?: number;
}

export type Secret = "password" | "otp" | "card" | "masked";

export interface ShownIn {
  candidates: Candidate[];
  before: string;
  after: string;
}

export interface Typed {
  text: string;
  secret?: Secret;
  token?: string;
  shown_in?: ShownIn;
}

/** Text that was typed, or pasted, or a key with what was held. */
export interface Stroke {
  text?: string;
  pasted?: boolean;
  key?: string;
  modifiers?: Modifier[];
}

/** Whose traffic it is: people's, or testers', whose values may be read by all. */
export type Traffic = "real" | "test";

export type Modifier = "Alt" | "Control" | "Meta" | "Shift";
export type NavigationHow = "load" | "reload" | "back_forward" | "spa" | "hash";

export type Change =
  | { change: "appeared"; element: ElementShot; transient?: boolean }
  | { change: "gone"; element: ElementShot }
  | { change: "text" | "value"; element: ElementShot; before: string; after: string }
  | {
      change: "state";
      element: ElementShot;
      state: "checked" | "selected" | "expanded" | "disabled" | "pressed";
      after: boolean;
    }
  | { change: "count"; element: ElementShot; items: Candidate; before: number; after: number; texts?: string[] };

export type Body =
  | {
      kind: "click";
      target: ElementShot;
      button?: "middle" | "right";
      clicks?: number;
      modifiers?: Modifier[];
      position?: [number, number];
      by_key?: boolean;
    }
  | { kind: "fill"; target: ElementShot; value: Typed; before?: string; keys?: Stroke[]; caret?: "start" | "end" | "all" | "inside"; by_keys?: boolean }
  | { kind: "select"; target: ElementShot; options: { value: string; label: string }[] }
  | { kind: "check"; target: ElementShot; checked: boolean }
  | { kind: "press"; target: ElementShot; key: string; modifiers?: Modifier[] }
  | { kind: "upload"; target: ElementShot; files: string[]; chooser?: boolean }
  | {
      kind: "drag";
      target: ElementShot;
      onto: ElementShot;
      position?: [number, number];
      onto_position?: [number, number];
      path?: [number, number][];
    }
  | { kind: "hover"; target: ElementShot }
  | { kind: "scroll"; target?: ElementShot; x_px: number; y_px: number }
  | {
      kind: "dialog";
      dialog: "alert" | "confirm" | "prompt" | "beforeunload";
      message: string;
      accepted: boolean;
      value?: string;
      cause: string | null;
    }
  | { kind: "popup"; url: string; opened_tab_id: string; cause: string | null }
  | { kind: "download"; filename: string; url: string; cause: string | null }
  | { kind: "navigation"; url: string; how: NavigationHow; cause: string | null; asked_by?: "page" | "user" }
  | { kind: "request"; method: string; url: string; status: number | null; type: string; cause: string | null; typing?: boolean }
  | { kind: "effect"; cause: string | null; after: PageShot; changes: Change[]; settled: boolean; touched?: boolean }
  | { kind: "recorder_error"; error: RecorderFault; where: string }
  | { kind: "end" };

/** What the recorder can't do in a page: start, print JSON, hear of changes, hear events, read the page, send; or an error of its own. */
export type RecorderFault = "start" | "serialise" | "observe" | "listen" | "read" | "send" | "fault";

export type WireEvent = Body & {
  v: 1;
  id: string;
  app: string;
  session_id: string;
  journey_id: string;
  tab_id: string;
  at_ms: number;
  seq: number;
  source: "capture";
  user_id?: string;
  traffic?: Traffic;
  page: PageShot;
};
