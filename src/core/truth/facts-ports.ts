import type { PackFact } from './fact-packs.js';

/** Protocols by the IANA service name registry (RFC 6335), with the ports of their common variants; products by their own documentation. */
const PROTOCOL = /^(?:[A-Z0-9]{2,6}S?\b|Telnet|Kerberos|Syslog|Whois|Gopher|rsync)/;

export const PORTS: readonly PackFact[] = ([
  ['HTTPS', 443], ['HTTP', 80], ['SSH|Secure Shell', 22], ['SFTP', 22], ['FTPS', 990, 989, 21], ['FTP', 21, 20], ['Telnet', 23],
  ['SMTPS', 465], ['SMTP', 25, 587, 465, 2525], ['DNS', 53], ['DNS over TLS|DoT', 853], ['TFTP', 69], ['DHCP', 67, 68], ['POP3S', 995], ['POP3', 110, 995], ['IMAPS', 993],
  ['IMAP', 143, 993], ['NTP', 123], ['SNMP', 161, 162], ['LDAPS', 636], ['LDAP', 389, 636], ['Kerberos', 88], ['SMB', 445, 139], ['RDP|Remote Desktop Protocol|Remote Desktop', 3389],
  ['BGP', 179], ['Syslog', 514, 601, 6514], ['NFS', 2049], ['MQTTS', 8883], ['MQTT', 1883, 8883], ['AMQP', 5672, 5671], ['RabbitMQ', 5672, 15672, 5671], ['SIP', 5060, 5061], ['VNC', 5900, 5901],
  ['IRC', 6667, 194, 6697], ['NNTP', 119], ['Whois|WHOIS', 43], ['Gopher', 70], ['rsync', 873], ['STUN', 3478, 5349],
  ['PostgreSQL|Postgres', 5432], ['MySQL', 3306, 33060], ['MariaDB', 3306], ['MongoDB', 27017, 27018, 27019], ['Redis', 6379, 16379, 26379], ['Memcached', 11211], ['Elasticsearch', 9200, 9300],
  ['Microsoft SQL Server|SQL Server|MSSQL', 1433, 1434], ['Cassandra', 9042, 7000, 9160, 7001, 7199], ['CouchDB', 5984], ['InfluxDB', 8086], ['Neo4j', 7474, 7687, 7473], ['ZooKeeper|Zookeeper', 2181, 2888, 3888],
  ['Kafka', 9092, 9093], ['etcd', 2379, 2380], ['Prometheus', 9090], ['Grafana', 3000], ['Kibana', 5601], ['Ollama', 11434], ['Jupyter Notebook|Jupyter', 8888], ['Oracle Database|Oracle', 1521, 2483],
] as const).map(([names, ...values]) => ({ kind: 'port', names, values, ownChoice: !PROTOCOL.test(names) }));
