/** A real server for the browser tests, in a folder that is gone afterwards. */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const BONAFIDE = process.env['BONAFIDE'] ?? '../target/debug/bonafide';

/** An answer of the server to the customer. */
export interface Answer<T> {
  status: number;
  body: T;
}

/** A verification as it was created. */
export interface Created {
  id: string;
  token: string;
  url: string;
}

/** A server with a tenant, and a key of the tenant's. */
export class House {
  private constructor(
    private readonly server: ChildProcess,
    readonly folder: string,
    readonly url: string,
    private readonly key: string,
    private readonly certificate: string,
  ) {}

  /** A server; its tenant is under `policy`, the text of a policy file, if one is given. */
  static async open(policy?: { name: string; text: string }): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), 'bonafide-web-'));
    if (policy) writeFileSync(join(folder, `${policy.name}.toml`), policy.text);
    const data = join(folder, 'data');
    const server = spawn(BONAFIDE, ['serve', '--data', data, '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Stepped time may pass slower than the server's on a busy machine.
      env: {
        ...process.env,
        BONAFIDE__LIVENESS__FIRST_PART_SECONDS: '300',
        BONAFIDE__LIVENESS__LAST_PART_SECONDS: '900',
        BONAFIDE__LIVENESS__LAG_SECONDS: '60',
        ...(policy && { BONAFIDE__POLICY__FOLDER: folder }),
      },
    });
    const told: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      const lines = createInterface({ input: server.stderr });
      lines.on('line', (line) => {
        told.push(line);
        const ready = /^ready (\S+)/.exec(line)?.[1];
        if (ready) resolve(ready);
      });
      server.on('exit', () => reject(new Error(`the server did not start:\n${told.join('\n')}`)));
    });
    const admin = (...words: string[]): Record<string, string> => {
      const env = { ...process.env, ...(policy && { BONAFIDE__POLICY__FOLDER: folder }) };
      const text = execFileSync(BONAFIDE, ['admin', ...words, '--data', data, '--json'], { encoding: 'utf8', env });
      return JSON.parse(text) as Record<string, string>;
    };
    const tenant = String(admin('tenant', 'create', 'Example Bank', ...(policy ? ['--policy', policy.name] : []))['app_id']);
    const application = String(
      admin('app', 'create', '--tenant', tenant, '--name', 'onboarding', '--environment', 'sandbox', '--region', 'apac')[
        'application'
      ],
    );
    const scopes = 'document,face,liveness,verification,risk';
    const key = String(admin('key', 'create', '--application', application, '--scopes', scopes)['token']);
    const certificate = readFileSync(join(data, 'tls/certificate.pem'), 'utf8');
    return new House(server, folder, url, key, certificate);
  }

  close(): void {
    this.server.removeAllListeners('exit');
    this.server.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A fictitious document and its holder's selfie. */
  specimen(): { document: string; selfie: string } {
    const out = join(this.folder, 'specimen');
    const today = new Date().toISOString().slice(0, 10);
    execFileSync(BONAFIDE, ['specimen', '--seed', '2', '--difficulty', '1', '--out', out, '--today', today]);
    return { document: join(out, 'document.jpg'), selfie: join(out, 'selfie.jpg') };
  }

  /** Asks as the customer does. */
  ask<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    return this.exchange(method, path, body && JSON.stringify(body), 'application/json');
  }

  /** Sends bytes as the customer's own pages would. */
  send<T>(path: string, bytes: Buffer): Promise<Answer<T>> {
    return this.exchange('POST', path, bytes, 'application/octet-stream');
  }

  private exchange<T>(method: string, path: string, body: string | Buffer | undefined, type: string): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const sent = request(
        this.url + path,
        {
          method,
          ca: this.certificate,
          headers: { authorization: `Bearer ${this.key}`, ...(body && { 'content-type': type }) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: (text ? JSON.parse(text) : null) as T });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Whether the server issues liveness challenges at all. */
  async challenges(): Promise<boolean> {
    return (await this.ask('POST', '/v1/liveness/challenges', {})).status !== 404;
  }

  /** A verification, and the address for the person's browser. */
  async verification(settings: object = {}): Promise<Created> {
    const created = await this.ask<Created>('POST', '/v1/verifications', { settings });
    if (created.status !== 201) throw new Error(JSON.stringify(created.body));
    return { ...created.body, url: `${this.url}/verify#${created.body.token}` };
  }
}
