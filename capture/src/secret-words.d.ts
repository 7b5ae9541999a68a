// What pages call fields that take a secret: made by the build (see build.mjs).
declare module "secret-words" {
  export const password: RegExp;
  export const otp: RegExp;
  export const card: RegExp;
  export const other_code: RegExp;
}
