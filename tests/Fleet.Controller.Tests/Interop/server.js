// A server on @grpc/grpc-js: server.js PROTO CERTIFICATE KEY. Prints its port, and serves until its standard input ends.
'use strict';

const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const contract = require('./contract.js');

const [proto, certificate, key] = process.argv.slice(2);
const fleet = contract.load(proto);
const server = new grpc.Server();

server.addService(fleet.Enrollment.service, {
  GetTrust: (call, done) => done(null, { fleet_root: Buffer.alloc(300000) }),
});
server.addService(fleet.Jobs.service, {
  WatchJob: call => {
    if (call.request.job_id === 'refused') {
      const trailers = new grpc.Metadata();
      trailers.set('fleet-refusal', 'unknown');
      call.emit('error', { code: grpc.status.UNAUTHENTICATED, details: contract.special, metadata: trailers });
      return;
    }
    for (let seq = 1; seq <= 100; seq++) call.write({ seq });
    if (call.request.job_id !== 'silent') call.end();
  },
});
server.addService(fleet.Artifacts.service, {
  PutArtifact: (call, done) => {
    let size = 0;
    call.on('data', part => { size += part.data ? part.data.length : 0; });
    call.on('end', () => done(null, { size_bytes: size }));
  },
});
server.addService(fleet.AgentLink.service, {
  Connect: call => {
    call.on('data', message => call.write(message.hello
      ? { welcome: { session_id: message.hello.agent_version } }
      : { heartbeat: { number: message.heartbeat.number } }));
    call.on('end', () => call.end());
  },
});

const pair = { cert_chain: fs.readFileSync(certificate), private_key: fs.readFileSync(key) };
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createSsl(null, [pair], false), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.on('data', () => {});
process.stdin.on('end', () => process.exit(0));
