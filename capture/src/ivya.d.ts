// What the build takes out of ivya beside its public utilities (see build.mjs).
import "ivya/utils";

declare module "ivya/utils" {
  export interface ElementText {
    full: string;
    /** The text with its blanks tidied, once it was asked for. */
    tidy?: string;
    /** The same in small letters. */
    small?: string;
  }
  export function elementText(cache: WeakMap<Element | ShadowRoot, ElementText>, root: Element | ShadowRoot): ElementText;
  export function getElementLabels(cache: WeakMap<Element | ShadowRoot, ElementText>, element: Element): ElementText[];
  export function isElementHiddenForAria(element: Element): boolean;
  export function normalizeWhiteSpace(text: string): string;
}
