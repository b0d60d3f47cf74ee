// Fleet's contract for @grpc/grpc-js, read from the .proto files at run time.
'use strict';

const path = require('path');
const grpc = require('@grpc/grpc-js');
const beside = { paths: [path.dirname(require.resolve('@grpc/grpc-js/package.json'))] };
const loader = require(require.resolve('@grpc/proto-loader', beside));

exports.special = '50% \u263a \u{1f608}';

// The services of the contract by their names, such as Jobs.
exports.load = directory => {
  const names = ['access', 'agent_link', 'artifacts', 'control', 'enrollment', 'jobs'].map(name => `fleet/v1/${name}.proto`);
  const definition = loader.loadSync(names, { includeDirs: [directory], keepCase: true, longs: Number, defaults: true, oneofs: true });
  return grpc.loadPackageDefinition(definition).fleet.v1;
};
