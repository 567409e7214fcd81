import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import type { Clock, CryptoPort, RandomSource, SignatureVerifier } from '#core/types/ports.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import { leadWithFirstWrite, takeLead } from '#storage/lead.ts';
import { withRoom } from '#storage/record-store.ts';
import { createTidying, whatMatters } from './board-care.ts';
import { BoardFetching } from './board-fetching.ts';
import { BoardIndex } from './board-index.ts';
import type { EngineApi, EngineEvent } from './api/engine-api.ts';
import { createExclusive, type EngineContext } from './engine-context.ts';
import { FollowedCharter } from './followed-charter.ts';
import type { PrivateApi } from './private-api.ts';
import { createPublicApi } from './public-api.ts';
import { ensureHomeRelay } from './relay-book.ts';
import { SyncLoop } from './sync-loop.ts';
import { createTurns } from './turns.ts';
import { ensureFiller } from './vault-state.ts';

/** A relay whose board takes longer keeps the other relays' boards waiting no more. */
const longestBoardMs = 600_000;

/** What an engine needs from its surroundings. */
export interface EngineSurroundings {
  readonly db: WallflowerDatabase;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly fetch: typeof fetch;
  readonly homeRelay: RelayOrigin;
  readonly emit: (event: EngineEvent) => void;
  /** False where the lead was taken from an engine that may wake again. */
  readonly isAlone: boolean;
}

/** An engine that runs, and how to end it. */
export interface RunningEngine {
  readonly api: EngineApi;
  /** Called when the device says that there is a link again. */
  readonly linkIsBack: () => void;
  /** Stops for good: drops the keys, the timers and the database handle. */
  readonly stop: () => void;
}

/** Starts the one engine of this device: reads the board from the disk, then visits the relays. */
export async function startEngine(surroundings: EngineSurroundings): Promise<RunningEngine> {
  const { db, random } = surroundings;
  const token = bytesToBase64Url(random(16));
  const context = createContext(surroundings, token);
  const loop = new SyncLoop(context.context);
  context.setKick(() => {
    loop.kick();
  });
  const tidying = createTidying(context.context);
  db.board.whatMatters = () => whatMatters(context.context);
  db.board.onAdded = tidying.soon;
  try {
    await readFromDisk(context.context, surroundings.isAlone);
  } catch (cause) {
    db.close();
    throw cause;
  }
  void db.board.openAll().then(
    () => {
      context.context.emit('board');
    },
    () => undefined,
  );
  loop.kick();
  return {
    api: createApi(context.context, loop),
    linkIsBack: () => {
      loop.linkIsBack();
    },
    stop: () => {
      void loop.stop();
      tidying.stop();
      context.context.vault?.close();
      context.context.vault = null;
      db.close();
    },
  };
}

/** Brings what the first screen shows. Rejects with Dexie's errors where the device's storage does not open. */
async function readFromDisk(context: EngineContext, isAlone: boolean): Promise<void> {
  const { db, token } = context;
  await db.ballast.lay();
  await withRoom(db, () => takeLead(db, token)).catch((cause: unknown) => {
    if (!isAlone) throw cause;
    return leadWithFirstWrite(db, cause);
  });
  await Promise.all([
    db.board.openFirst(),
    context.charter.load(),
    withRoom(db, () => Promise.all([ensureHomeRelay(context), ensureFiller(context)])),
    dropUnkeptFiles(db, token),
  ]);
}

/** Files whose message was never stored, because the tab was gone in between. */
async function dropUnkeptFiles(db: WallflowerDatabase, token: string): Promise<void> {
  if ((await db.files.filter(({ kept }) => !kept).count()) === 0) return;
  const { deleteUnkeptFiles } = await import('#storage/blob-files.ts');
  await deleteUnkeptFiles(db, token);
}

function createContext(surroundings: EngineSurroundings, token: string) {
  let kick = () => {};
  let crypto: Promise<CryptoPort> | undefined;
  let verifier: Promise<SignatureVerifier> | undefined;
  const context: EngineContext = {
    ...surroundings,
    token,
    board: new BoardIndex(surroundings.db.board),
    loadCrypto: () => {
      crypto ??= import('#crypto/sodium-crypto.ts').then((room) => room.createSodiumCrypto());
      crypto.catch(() => (crypto = undefined));
      return crypto;
    },
    loadVerifier: () => (verifier ??= createSignatureVerifier()),
    kick: () => {
      kick();
    },
    exclusive: createExclusive(),
    boards: new BoardFetching(surroundings.db, createTurns(longestBoardMs), () => {
      surroundings.emit('network');
    }),
    charter: new FollowedCharter(surroundings.db),
    transfers: null,
    vault: null,
    clockWrong: false,
  };
  const setKick = (run: () => void) => {
    kick = run;
  };
  return { context, setKick };
}

/** The private half is loaded at its first call. */
function createApi(context: EngineContext, loop: SyncLoop): EngineApi {
  let privateApi: Promise<PrivateApi> | undefined;
  const loadPrivate = () => {
    privateApi ??= import('./private-api.ts').then((room) => room.createPrivateApi(context));
    privateApi.catch(() => (privateApi = undefined));
    return privateApi;
  };
  const publicApi = createPublicApi(context, loop);
  return new Proxy(publicApi as EngineApi, {
    get: (target, name) =>
      typeof name !== 'string' || name in target
        ? Reflect.get(target, name)
        : async (...args: readonly unknown[]) => {
            const [room] = await Promise.all([loadPrivate(), context.db.board.openAll()]);
            const call = room[name as keyof PrivateApi] as (
              ...given: readonly unknown[]
            ) => unknown;
            return call(...args);
          },
  });
}
