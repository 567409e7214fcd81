import type { MessageKey } from '#i18n/message-keys.ts';
import type { DrawingName } from '#ui/drawing-paths.ts';

/** One piece of the safety page: words, points that belong to the first paragraph, a drawing. */
export interface Chapter {
  /** Also the anchor in addresses such as `/learn#passphrase`. */
  readonly id: string;
  readonly title: MessageKey;
  readonly drawing: DrawingName | null;
  readonly paragraphs: readonly MessageKey[];
  readonly points?: readonly MessageKey[];
  /** Whether the paragraphs are a numbered list. */
  readonly numbered?: boolean;
}

export const chapters: readonly Chapter[] = [
  {
    id: 'what',
    title: 'learn.what.title',
    drawing: 'board',
    paragraphs: ['learn.what.1', 'learn.what.2', 'learn.what.3'],
  },
  {
    id: 'limits',
    title: 'learn.limits.title',
    drawing: 'lock',
    paragraphs: ['learn.limits.1', 'learn.limits.2'],
  },
  {
    id: 'board',
    title: 'learn.board.title',
    drawing: 'eyes',
    paragraphs: ['learn.board.1', 'learn.board.2', 'learn.board.3'],
    points: ['learn.board.point.1', 'learn.board.point.2', 'learn.board.point.3'],
  },
  {
    id: 'stars',
    title: 'learn.stars.title',
    drawing: 'stars',
    paragraphs: ['learn.stars.1', 'learn.stars.2', 'learn.stars.3', 'learn.stars.4'],
    points: ['learn.stars.point.1', 'learn.stars.point.2', 'learn.stars.point.3'],
  },
  {
    id: 'relay',
    title: 'learn.relay.title',
    drawing: 'relay',
    paragraphs: ['learn.relay.1', 'learn.relay.2', 'learn.relay.3'],
    points: ['learn.relay.point.1', 'learn.relay.point.2', 'learn.relay.point.3'],
  },
  {
    id: 'app',
    title: 'learn.app.title',
    drawing: 'phone',
    paragraphs: ['learn.app.1', 'learn.app.2', 'learn.app.3', 'learn.app.4'],
  },
  {
    id: 'first',
    title: 'learn.first.title',
    drawing: 'key',
    paragraphs: ['learn.first.1', 'learn.first.2', 'learn.first.3', 'learn.first.4'],
  },
  {
    id: 'passphrase',
    title: 'learn.passphrase.title',
    drawing: 'dice',
    paragraphs: [
      'learn.passphrase.1',
      'learn.passphrase.2',
      'learn.passphrase.3',
      'learn.passphrase.4',
    ],
  },
  {
    id: 'leave',
    title: 'learn.leave.title',
    drawing: 'door',
    paragraphs: ['learn.leave.1', 'learn.leave.2', 'learn.leave.3'],
  },
  {
    id: 'questions',
    title: 'learn.questions.title',
    drawing: null,
    paragraphs: ['learn.questions.1', 'learn.questions.2', 'learn.questions.3'],
    numbered: true,
  },
];
