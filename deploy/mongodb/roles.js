// Creates the roles of report-batch in MongoDB, or replaces their privileges. It changes no user.
//
//   mongosh "mongodb://admin@mongo-1,mongo-2,mongo-3/?replicaSet=rs0" deploy/mongodb/roles.js
//
// Then create a user with a role, in the same database:
//
//   db.getSiblingDB('heartline').createUser({ user: 'report-batch', pwd: passwordPrompt(), roles: ['reportBatch'] })
//
// HEARTLINE_DATABASE has the name of the database, if it is not heartline.

// The actions on each collection. No other collection is used. An upsert needs insert and update. The service creates indexes after
// each start, also if they exist.
const actions = {
  changeFeed: ['find', 'insert', 'update', 'remove'],
  erasures: ['find', 'insert', 'update', 'remove'],
  likerErasures: ['find', 'insert', 'update', 'remove', 'createIndex'],
  progress: ['find', 'insert', 'update', 'remove'],
  reportChanges: ['find', 'insert', 'remove', 'createIndex'],
  runQueue: ['find', 'insert', 'update'],
  runs: ['find', 'insert', 'update', 'remove', 'createIndex'],
  settings: ['find', 'insert', 'update'],
  weeklyReports: ['find', 'insert', 'update', 'remove', 'createIndex'],
}

// A replica that only serves reports (heartline.reports.schedule=-), on a database that another instance has used. With it, requests
// for a run or an erasure fail, so its callers should not have the scopes reports:run and reports:erase.
const readOnly = new Set(['find', 'createIndex'])

const heartline = db.getSiblingDB(process.env.HEARTLINE_DATABASE || 'heartline')

function replaceRole(name, isPermitted) {
  const privileges = Object.entries(actions).map(([collection, permitted]) => ({
    resource: { db: heartline.getName(), collection },
    actions: permitted.filter(isPermitted),
  }))
  if (heartline.getRole(name)) {
    heartline.updateRole(name, { privileges, roles: [] })
  } else {
    heartline.createRole({ role: name, privileges, roles: [] })
  }
  print(`${heartline.getName()}.${name}: ${privileges.length} collections`)
}

replaceRole('reportBatch', () => true)
replaceRole('reportBatchReader', action => readOnly.has(action))
