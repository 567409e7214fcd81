import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { recordAddress, singletonSlot } from '#core/records/record.ts';
import { dayOf, type Day } from '#core/types/day.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import type { Clock } from '#core/types/ports.ts';
import type { RelayLog } from '../log-port.ts';

interface Standing {
  readonly until: Day;
  /** Keys as text. */
  readonly stewards: ReadonlySet<string>;
}

/** Who may vet people on this board, by the revision of the charter that stands in the log. */
export class Charter {
  /** Who signs it: what devices follow, and what stays when a charter has expired. */
  readonly author: PersonaKey;
  readonly #log: Pick<RelayLog, 'recordAt'>;
  readonly #clock: Clock;
  #standing: Standing | undefined;

  private constructor(author: PersonaKey, log: Pick<RelayLog, 'recordAt'>, clock: Clock) {
    this.author = author;
    this.#log = log;
    this.#clock = clock;
  }

  /** Takes up what stands in the log by this author, which may be nothing. */
  static async open(
    author: PersonaKey,
    log: Pick<RelayLog, 'recordAt'>,
    clock: Clock,
  ): Promise<Charter> {
    const charter = new Charter(author, log, clock);
    await charter.reread();
    return charter;
  }

  /** Whether a charter stands today: neither taken back nor expired. */
  get stands(): boolean {
    return this.#standing !== undefined && this.#standing.until >= dayOf(this.#clock());
  }

  /** Whether the charter that stands today names this persona. */
  isSteward(key: PersonaKey): boolean {
    return this.stands && this.#standing?.stewards.has(bytesToBase64Url(key)) === true;
  }

  /** Takes up the revision that stands in the log now; call it after a charter was published. */
  async reread(): Promise<void> {
    const address = recordAddress(this.author, recordKinds.charter, singletonSlot);
    this.#standing = standingOf(await this.#log.recordAt(address));
  }
}

/** The log holds only what was proved, so that its form is all that is read here. */
function standingOf(bytes: Uint8Array | undefined): Standing | undefined {
  const checked = bytes === undefined ? undefined : checkRecord(bytes);
  if (!checked?.ok) return undefined;
  const { content, header } = checked.value;
  if (content.kind !== 'charter' || content.value === null) return undefined;
  return { until: header.until, stewards: new Set(content.value.stewards.map(bytesToBase64Url)) };
}
