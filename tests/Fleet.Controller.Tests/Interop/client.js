// A client on @grpc/grpc-js over TLS: client.js PROTO ADDRESS DIRECTORY CASE... Prints a line for each case. The directory holds root.pem and,
// for agent and operator, NAME.pem and NAME.key.
'use strict';

const assert = require('assert');
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const contract = require('./contract.js');

const [proto, address, directory, ...names] = process.argv.slice(2);
const fleet = contract.load(proto);
const read = name => fs.readFileSync(path.join(directory, name));
// By its root: the certificate names the controller's role, and no host.
const verify = { checkServerIdentity: () => undefined };
const credentials = who => who
  ? grpc.credentials.createSsl(read('root.pem'), read(`${who}.key`), read(`${who}.pem`), verify)
  : grpc.credentials.createSsl(read('root.pem'), null, null, verify);
const open = (service, who) => new fleet[service](address, credentials(who), { 'grpc.enable_http_proxy': 0 });
const soon = () => ({ deadline: Date.now() + 20000 });
const unary = (client, method, request, options = soon()) =>
  new Promise((resolve, reject) => client[method](request, options, (error, reply) => error ? reject(error) : resolve(reply)));
const failure = promise => promise.then(() => assert.fail('the call succeeded'), error => error);
const end = call => new Promise(resolve => {
  const read = [];
  call.on('data', message => read.push(message));
  call.on('error', error => resolve({ read, error }));
  call.on('end', () => resolve({ read }));
});

const cases = {
  async nobody_gets_the_roots() {
    assert.ok((await unary(open('Enrollment'), 'GetTrust', {})).fleet_root.length > 100);
  },
  async nobody_is_told_to_enroll() {
    const error = await failure(unary(open('Operators'), 'WhoAmI', {}));
    assert.strictEqual(error.code, grpc.status.UNAUTHENTICATED);
    assert.match(error.details, /no client certificate was shown/);
  },
  async unary() {
    assert.strictEqual((await unary(open('Operators', 'operator'), 'WhoAmI', {})).name, 'ada');
  },
  async server_streaming_and_cancel() {
    const call = open('Jobs', 'operator').WatchJob({}, soon());
    const ended = end(call);
    call.once('data', () => call.cancel());
    const { read, error } = await ended;
    assert.strictEqual(read.length, 1);
    assert.strictEqual(error.code, grpc.status.CANCELLED);
  },
  async client_streaming() {
    const head = { version: '1.2.3', size_bytes: 7, sha256: Buffer.alloc(32) };
    const client = open('Artifacts', 'operator');
    const answer = new Promise((resolve, reject) => {
      const call = client.PutArtifact(soon(), (error, reply) => error ? reject(error) : resolve(reply));
      call.write({ head });
      call.write({ data: Buffer.alloc(7) });
      call.end();
    });
    const error = await failure(answer);
    assert.strictEqual(error.code, grpc.status.INVALID_ARGUMENT);
    assert.match(error.details, /^sha256: the content's is /);
  },
  async duplex() {
    const call = open('AgentLink', 'agent').Connect(soon());
    const welcome = await new Promise((resolve, reject) => {
      call.on('data', resolve);
      call.on('error', reject);
      call.write({ hello: { protocol_version: 1 } });
    });
    assert.match(welcome.welcome.session_id, /^agent host1 /);
    call.removeAllListeners('error');
    call.on('error', () => {});
    call.cancel();
  },
  async error_text() {
    const error = await failure(unary(open('Tokens', 'operator'), 'RevokeToken', { id: contract.special }));
    assert.ok(error.details.includes(contract.special), error.details);
  },
  async deadline() {
    const { error } = await end(open('Jobs', 'operator').WatchJob({}, { deadline: Date.now() + 300 }));
    assert.strictEqual(error.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async too_large() {
    const error = await failure(unary(open('Tokens', 'operator'), 'RevokeToken', { id: 'x'.repeat(5 << 20) }));
    assert.strictEqual(error.code, grpc.status.RESOURCE_EXHAUSTED);
  },
};

(async () => {
  for (const name of names) {
    try {
      await cases[name]();
      console.log('passed', name);
    } catch (error) {
      console.log('failed', name);
      console.error(error);
    }
  }
  process.exit(0);
})();
