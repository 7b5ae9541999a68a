// What the tabs of this origin say to each other.
import { attempt, guard } from "../native";

/** Closed while the page is kept for the way back: the browser drops a kept page that somebody speaks to. */
export class Channel<T> {
  private channel: BroadcastChannel | null = null;

  constructor(
    private readonly name: string,
    private readonly heard: (message: T) => void,
  ) {
    this.connect();
    window.addEventListener("pagehide", guard(() => {
      this.channel?.close();
      this.channel = null;
    }));
    window.addEventListener("pageshow", guard(() => this.channel ?? this.connect()));
  }

  say(message: T): void {
    this.channel?.postMessage(message);
  }

  private connect(): void {
    this.channel = attempt(() => new BroadcastChannel(this.name), null);
    this.channel?.addEventListener("message", guard(({ data }) => this.heard(data as T)));
  }
}
