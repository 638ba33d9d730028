import { describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../../shared/contracts/realtime/server-messages.ts';
import type { Sockets } from '../../../shared/realtime/ports.ts';

export interface SocketsUnderTest {
  sockets: Sockets;
  /** A client that has connected. */
  connect(): Promise<{
    connectionId: string;
    /** Messages so far, once there are as many. */
    received(count: number): Promise<ServerMessage[]>;
    closed(): Promise<boolean>;
    leave(): Promise<void>;
  }>;
}

const message = (text: string): ServerMessage => ({
  type: 'message',
  messageId: 'm',
  from: 'service',
  subject: 'key:sk_1',
  data: { text },
});

/** What every way of sending to clients must do. */
export function describeSockets(name: string, make: () => SocketsUnderTest): void {
  describe(`Sockets: ${name}`, () => {
    it('sends messages as they are, in order, to the one connection', async () => {
      const { sockets, connect } = make();
      const [mine, other] = [await connect(), await connect()];
      const sent = [message('first'), message('zwölf € 𝄞 \u2028 "quoted"'), message('x'.repeat(30_000))];
      for (const one of sent) expect(await sockets.post(mine.connectionId, one)).toBe('sent');
      expect(await mine.received(3)).toEqual(sent);
      expect(await sockets.post(other.connectionId, message('end'))).toBe('sent');
      expect(await other.received(1)).toEqual([message('end')]);
    });

    it('knows that a connection is gone, or never was', async () => {
      const { sockets, connect } = make();
      const client = await connect();
      await client.leave();
      expect(await sockets.post(client.connectionId, message('late'))).toBe('gone');
      expect(await sockets.post('never-was=', message('late'))).toBe('gone');
    });

    it('ends a connection, and again without complaint', async () => {
      const { sockets, connect } = make();
      const client = await connect();
      await sockets.close(client.connectionId);
      expect(await client.closed()).toBe(true);
      await sockets.close(client.connectionId);
      expect(await sockets.post(client.connectionId, message('late'))).toBe('gone');
    });
  });
}
