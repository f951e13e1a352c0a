/** What can go wrong, by a name that pages turn into words. */

/** Why a recording was not made. */
export type TroubleCode =
  /** The browser lacks what is needed. */
  | 'unsupported'
  /** The person does not let the page use the camera. */
  | 'camera_refused'
  /** There is no camera. */
  | 'camera_missing'
  /** The camera does not start, or stopped. */
  | 'camera_failed'
  /** The page was hidden, or the person stopped. */
  | 'interrupted'
  /** The display could not keep the pace. */
  | 'display_too_slow'
  /** The line is too slow for colours to arrive in time. */
  | 'network_too_slow'
  /** Nothing reaches the server. */
  | 'network_lost'
  /** The challenge's time is over. */
  | 'expired'
  /** The server did not take what was sent; `status` and `problem` say why. */
  | 'refused'
  /** Flashes were asked for that the person has not agreed to. */
  | 'flashes_not_agreed'
  /** Facts of the device were asked for before the person has agreed. */
  | 'consent_wanted';

/** A recording was not made. */
export class Trouble extends Error {
  constructor(
    readonly code: TroubleCode,
    readonly problem?: string,
    readonly status?: number,
  ) {
    super(problem ? `${code}: ${problem}` : code);
    this.name = 'Trouble';
  }
}
