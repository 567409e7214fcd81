import { listConversations, readConversation } from './conversation-views.ts';
import {
  blockPeer,
  deleteConversation,
  markRead,
  muteConversation,
  replyToEntry,
  saveMessageDraft,
  sendMessage,
} from './conversations.ts';
import { measureAttachment } from './attachment-views.ts';
import { discardDraft, listDrafts, saveDraft } from './drafts.ts';
import type { EngineApi } from './api/engine-api.ts';
import type { EngineContext } from './engine-context.ts';
import { editEntry, postEntry, previewEntry, setStatus, withdrawEntry } from './entries.ts';
import { acceptContact, declineContact } from './first-contacts.ts';
import { decideOnKey } from './key-changes.ts';
import { deleteMessage, setLifetime } from './message-lifetimes.ts';
import { searchMessages } from './message-search.ts';
import {
  listSavedSearches,
  markSearchSeen,
  readMatchProfile,
  removeSavedSearch,
  saveMatchProfile,
  saveSearch,
} from './saved-searches.ts';
import { createPersona, listPersonas, renamePersona } from './personas.ts';
import { publishProfile } from './profiles.ts';
import { moveQueue } from './queue-moves.ts';
import { readReceipts, setReceipts } from './receipts.ts';
import { compareScanned, readVerification, setVerified } from './verification.ts';
import { createVault, measurePassphrase, unlockVault } from './vault-control.ts';

/** The calls that the board can be read without: they come in a chunk of their own. */
export type PrivateApi = Pick<
  EngineApi,
  | 'previewEntry'
  | 'postEntry'
  | 'editEntry'
  | 'withdrawEntry'
  | 'setStatus'
  | 'listDrafts'
  | 'saveDraft'
  | 'discardDraft'
  | 'measurePassphrase'
  | 'createVault'
  | 'unlockVault'
  | 'listPersonas'
  | 'createPersona'
  | 'renamePersona'
  | 'publishProfile'
  | 'giveStars'
  | 'takeStarsBack'
  | 'replyToEntry'
  | 'listConversations'
  | 'readConversation'
  | 'sendMessage'
  | 'saveMessageDraft'
  | 'markRead'
  | 'deleteConversation'
  | 'deleteMessage'
  | 'acceptContact'
  | 'declineContact'
  | 'blockPeer'
  | 'muteConversation'
  | 'setLifetime'
  | 'setReceipts'
  | 'readReceipts'
  | 'moveQueue'
  | 'searchMessages'
  | 'readVerification'
  | 'setVerified'
  | 'compareScanned'
  | 'decideOnKey'
  | 'measureAttachment'
  | 'sendAttachment'
  | 'fetchAttachment'
  | 'pauseAttachment'
  | 'readAttachment'
  | 'listSavedSearches'
  | 'saveSearch'
  | 'removeSavedSearch'
  | 'markSearchSeen'
  | 'readMatchProfile'
  | 'saveMatchProfile'
  | 'readRecovery'
  | 'showRecoveryWords'
  | 'confirmRecoveryWords'
  | 'exportBackup'
  | 'inspectBackup'
  | 'restoreBackup'
>;

/** Builds the private half of the engine's interface. */
export function createPrivateApi(context: EngineContext): PrivateApi {
  const loadRecovery = () => import('./recovery.ts');
  const loadBackups = () => import('./backups.ts');
  return {
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
    listPersonas: () => listPersonas(context),
    createPersona: (label) => createPersona(context, label),
    renamePersona: (key, label) => renamePersona(context, key, label),
    publishProfile: (key, fields) => publishProfile(context, key, fields),
    giveStars: async (about, vetting) =>
      (await import('./vetting.ts')).giveStars(context, about, vetting),
    takeStarsBack: async (about) => (await import('./vetting.ts')).takeStarsBack(context, about),
    replyToEntry: (address, text, persona) => replyToEntry(context, address, text, persona),
    listConversations: () => listConversations(context),
    readConversation: (id) => readConversation(context, id),
    sendMessage: (id, text) => sendMessage(context, id, text),
    saveMessageDraft: (id, text) => saveMessageDraft(context, id, text),
    markRead: (id) => markRead(context, id),
    deleteConversation: (id) => deleteConversation(context, id),
    deleteMessage: (id) => deleteMessage(context, id),
    acceptContact: (id) => acceptContact(context, id),
    declineContact: (id) => declineContact(context, id),
    blockPeer: (id, blocked) => blockPeer(context, id, blocked),
    muteConversation: (id, muted) => muteConversation(context, id, muted),
    setLifetime: (id, days) => setLifetime(context, id, days),
    setReceipts: (on) => setReceipts(context, on),
    readReceipts: () => readReceipts(context),
    moveQueue: (id) => moveQueue(context, id),
    searchMessages: (text) => searchMessages(context, text),
    readVerification: (id) => readVerification(context, id),
    setVerified: (id, verified) => setVerified(context, id, verified),
    compareScanned: (id, code) => compareScanned(context, id, code),
    decideOnKey: (id, decision) => decideOnKey(context, id, decision),
    listSavedSearches: () => listSavedSearches(context),
    saveSearch: (terms) => saveSearch(context, terms),
    removeSavedSearch: (id) => removeSavedSearch(context, id),
    markSearchSeen: (id) => markSearchSeen(context, id),
    readMatchProfile: () => readMatchProfile(context),
    saveMatchProfile: (profile) => saveMatchProfile(context, profile),
    measureAttachment: (sizeBytes) => measureAttachment(context, sizeBytes),
    sendAttachment: async (id, file) =>
      (await import('./attachment-send.ts')).sendAttachment(context, id, file),
    fetchAttachment: async (id) =>
      (await import('./attachment-fetch.ts')).fetchAttachment(context, id),
    pauseAttachment: async (id, paused) =>
      (await import('./attachment-fetch.ts')).pauseAttachment(context, id, paused),
    readAttachment: async (id) =>
      (await import('./attachment-fetch.ts')).readAttachment(context, id),
    readRecovery: async () => (await loadRecovery()).readRecovery(context),
    showRecoveryWords: async (language) =>
      (await loadRecovery()).showRecoveryWords(context, language),
    confirmRecoveryWords: async (words) =>
      (await loadRecovery()).confirmRecoveryWords(context, words),
    exportBackup: async (scope) => (await loadBackups()).exportBackup(context, scope),
    inspectBackup: async (bytes, words) =>
      (await loadBackups()).inspectBackup(context, bytes, words),
    restoreBackup: async (bytes, words) =>
      (await loadBackups()).restoreBackup(context, bytes, words),
  };
}
