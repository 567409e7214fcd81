import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import type { Clock, CryptoPort, RandomSource, SignatureVerifier } from '#core/types/ports.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { ok } from '#core/types/result.ts';
import { takeLead } from '#storage/commit.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import { BoardIndex } from './board-index.ts';
import { queryBoard, readEntry, saveEntry } from './board-views.ts';
import { fetchCard } from './contact-card-lookup.ts';
import { listConversations, readConversation } from './conversation-views.ts';
import {
  deleteConversation,
  markRead,
  replyToEntry,
  saveMessageDraft,
  sendMessage,
} from './conversations.ts';
import { discardDraft, listDrafts, saveDraft } from './drafts.ts';
import type { EngineApi, EngineEvent } from './engine-api.ts';
import { createExclusive, engineError, type EngineContext } from './engine-context.ts';
import { editEntry, postEntry, previewEntry, setStatus, withdrawEntry } from './entries.ts';
import { readNetwork, readStatus } from './network-views.ts';
import { createPersona, listPersonas, renamePersona } from './personas.ts';
import { publishProfile } from './profiles.ts';
import { addRelay, ensureHomeRelay, removeRelay } from './relay-book.ts';
import { SyncLoop } from './sync-loop.ts';
import {
  createVault,
  ensureFiller,
  lockVault,
  measurePassphrase,
  unlockVault,
} from './vault-control.ts';

/** What an engine needs from its surroundings. */
export interface EngineSurroundings {
  readonly db: WallflowerDatabase;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly fetch: typeof fetch;
  readonly homeRelay: RelayOrigin;
  readonly emit: (event: EngineEvent) => void;
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
  await takeLead(db, token);
  const context = createContext(surroundings, token);
  const loop = new SyncLoop(context.context);
  context.setKick(() => {
    loop.kick();
  });
  await ensureHomeRelay(context.context);
  await ensureFiller(context.context);
  context.context.board.take(await db.records.toArray());
  loop.kick();
  return {
    api: createApi(context.context, loop),
    linkIsBack: () => {
      loop.linkIsBack();
    },
    stop: () => {
      loop.stop();
      context.context.vault?.close();
      context.context.vault = null;
      db.close();
    },
  };
}

function createContext(surroundings: EngineSurroundings, token: string) {
  let kick = () => {};
  let crypto: Promise<CryptoPort> | undefined;
  let verifier: Promise<SignatureVerifier> | undefined;
  const context: EngineContext = {
    ...surroundings,
    token,
    board: new BoardIndex(),
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
    vault: null,
    clockWrong: false,
  };
  const setKick = (run: () => void) => {
    kick = run;
  };
  return { context, setKick };
}

function createApi(context: EngineContext, loop: SyncLoop): EngineApi {
  return {
    status: () => readStatus(context, loop.syncing),
    queryBoard: (query) => queryBoard(context, query),
    readEntry: (address) => readEntry(context, address),
    prepareReply: async (address) => {
      const entry = context.board.get(address);
      if (entry === undefined) return engineError('not-found');
      const cardOnDevice = await fetchCard(context, loop.transport, entry.author);
      context.emit('board');
      return ok({ cardOnDevice });
    },
    saveEntry: (address, saved) => saveEntry(context, address, saved),
    previewEntry: (fields, persona) => Promise.resolve(previewEntry(context, fields, persona)),
    postEntry: (fields, persona) => postEntry(context, fields, persona),
    editEntry: (address, fields) => editEntry(context, address, fields),
    withdrawEntry: (address) => withdrawEntry(context, address),
    setStatus: (address, status) => setStatus(context, address, status),
    listDrafts: () => listDrafts(context),
    saveDraft: (id, fields, edits) => saveDraft(context, id, fields, edits),
    discardDraft: (id) => discardDraft(context, id),
    measurePassphrase: (passphrase) => Promise.resolve(measurePassphrase(passphrase)),
    createVault: (passphrase) => createVault(context, passphrase),
    unlockVault: (passphrase) => unlockVault(context, passphrase),
    lockVault: () => lockVault(context),
    eraseDevice: async () => {
      await lockVault(context);
      loop.stop();
      await context.db.delete();
      context.emit('vault');
    },
    listPersonas: () => listPersonas(context),
    createPersona: (label) => createPersona(context, label),
    renamePersona: (key, label) => renamePersona(context, key, label),
    publishProfile: (key, fields) => publishProfile(context, key, fields),
    replyToEntry: (address, text, persona) => replyToEntry(context, address, text, persona),
    listConversations: () => listConversations(context),
    readConversation: (id) => readConversation(context, id),
    sendMessage: (id, text) => sendMessage(context, id, text),
    saveMessageDraft: (id, text) => saveMessageDraft(context, id, text),
    markRead: (id) => markRead(context, id),
    deleteConversation: (id) => deleteConversation(context, id),
    readNetwork: () => readNetwork(context, loop.syncing),
    addRelay: (address) => addRelay(context, address),
    removeRelay: (origin) => removeRelay(context, origin),
    syncNow: () => loop.visitNow(),
    confirmClock: () => {
      loop.confirmClock();
      context.emit('network');
      return Promise.resolve();
    },
    requestPersistence: () => navigator.storage.persist(),
  };
}
