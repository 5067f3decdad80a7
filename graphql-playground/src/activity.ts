/** What the line under the response tells: the last request, or the subscription that runs. */

import { Store } from './store';

export interface Request {
  kind: 'request';
  /** Whom it was sent as; null when signed out. */
  as: string | null;
  status: number;
  milliseconds: number;
}

export interface Subscription {
  kind: 'subscription';
  as: string | null;
  state: 'connecting' | 'live' | 'reconnecting' | 'ended';
  /** The results so far, oldest first, without those that `dropped` counts. */
  events: { at: number; result: unknown }[];
  dropped: number;
}

export type Activity = Request | Subscription | null;

/** So many results of a subscription can be looked back at. */
const KEPT_EVENTS = 200;

export class ActivityLog {
  readonly store = new Store<Activity>(null);

  request(request: Omit<Request, 'kind'>): void {
    this.store.set({ kind: 'request', ...request });
  }

  /** A new subscription; returns how to tell about it. What is told after another one began is dropped. */
  subscription(): { change: (change: Partial<Subscription>) => void; event: (result: unknown) => void } {
    let current: Subscription = { kind: 'subscription', as: null, state: 'connecting', events: [], dropped: 0 };
    this.store.set(current);
    const change = (change: Partial<Subscription>): void => {
      if (this.store.get() !== current) return;
      current = { ...current, ...change };
      this.store.set(current);
    };
    const event = (result: unknown): void => {
      const events = [...current.events, { at: Date.now(), result }];
      const excess = Math.max(events.length - KEPT_EVENTS, 0);
      change({ state: 'live', events: events.slice(excess), dropped: current.dropped + excess });
    };
    return { change, event };
  }
}
