import type { FastifyReply, FastifyRequest } from 'fastify';

/** One call of the relay interface. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Route pattern under /v1, which is also its name in logs and metrics. */
  readonly path: string;
  /** Largest body in bytes; a call without one takes no body. */
  readonly maxBodyBytes?: number;
  /** Media type of the body. */
  readonly bodyType?: string;
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
}

/** A parameter of the route pattern; empty where there is none. */
export function parameterOf(request: FastifyRequest, name: string): string {
  const parameters: unknown = request.params;
  if (typeof parameters !== 'object' || parameters === null) return '';
  const value: unknown = Reflect.get(parameters, name);
  return typeof value === 'string' ? value : '';
}
