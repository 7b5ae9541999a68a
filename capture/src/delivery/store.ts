// Web storage that may be denied, full or absent; then memory does for as long as the page lives.
import { attempt } from "../native";

const PREFIX = "journeywright.";

export class Store {
  private readonly memory = new Map<string, string>();

  constructor(private readonly area: Storage | null) {}

  static session(): Store {
    return new Store(attempt(() => window.sessionStorage, null));
  }

  static local(): Store {
    return new Store(attempt(() => window.localStorage, null));
  }

  read(key: string): string | null {
    const kept = this.memory.get(key);
    return kept ?? attempt(() => this.area?.getItem(PREFIX + key) ?? null, null);
  }

  /** Keeps the value; false where only memory could take it. */
  write(key: string, value: string): boolean {
    const stored = attempt(() => {
      if (!this.area) return false;
      this.area.setItem(PREFIX + key, value);
      return true;
    }, false);
    if (stored) this.memory.delete(key);
    else this.memory.set(key, value);
    return stored;
  }

  drop(key: string): void {
    this.memory.delete(key);
    attempt(() => this.area?.removeItem(PREFIX + key), undefined);
  }

  names(prefix: string): string[] {
    const found = attempt(() => {
      const names: string[] = [];
      for (let i = 0; i < (this.area?.length ?? 0); i++) names.push(this.area!.key(i) ?? "");
      return names;
    }, []);
    const stored = found.filter((name) => name.startsWith(PREFIX + prefix)).map((name) => name.slice(PREFIX.length));
    return [...new Set([...stored, ...[...this.memory.keys()].filter((name) => name.startsWith(prefix))])];
  }

  json<T>(key: string): T | null {
    const text = this.read(key);
    return text === null ? null : attempt(() => JSON.parse(text) as T, null);
  }
}
