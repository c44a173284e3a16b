import type { PackFact } from './fact-packs.js';

/** Protocols by the IANA service name registry (RFC 6335), with the ports of their common variants; products by their own documentation. */
const PROTOCOL = /^(?:[A-Z0-9]{2,6}S?\b|Telnet|Kerberos|Syslog|Whois|Gopher|rsync|mDNS|NetBIOS|DHCPv6|RADIUS|TACACS|iSCSI|[Gg]it protocol|Daytime|Finger)/;

export const PORTS: readonly PackFact[] = ([
  ['HTTPS', 443, 8443], ['HTTP', 80, 8080, 8000], ['SSH|Secure Shell|ssh', 22], ['SFTP', 22], ['FTPS', 990, 989, 21], ['FTP', 21, 20], ['Telnet|telnet|TELNET', 23],
  ['SMTPS', 465], ['SMTP', 25, 587, 465, 2525], ['DNS|Domain Name System', 53, 853, 5353], ['DNS over TLS|DoT', 853], ['TFTP', 69], ['DHCP', 67, 68], ['POP3S', 995], ['POP3', 110, 995], ['IMAPS', 993],
  ['IMAP', 143, 993], ['NTP|Network Time Protocol', 123], ['SNMP', 161, 162, 10161], ['LDAPS', 636], ['LDAP', 389, 636], ['Kerberos', 88], ['SMB', 445, 139], ['RDP|Remote Desktop Protocol|Remote Desktop', 3389],
  ['BGP', 179], ['Syslog', 514, 601, 6514], ['NFS', 2049], ['MQTTS', 8883], ['MQTT', 1883, 8883], ['AMQP', 5672, 5671], ['RabbitMQ', 5672, 15672, 5671], ['SIP', 5060, 5061], ['VNC', 5900, 5901],
  ['IRC', 6667, 194, 6697], ['NNTP', 119], ['Whois|WHOIS', 43], ['Gopher', 70], ['rsync', 873], ['STUN', 3478, 5349],
  ['PostgreSQL|Postgres', 5432], ['MySQL', 3306, 33060], ['MariaDB', 3306], ['MongoDB', 27017, 27018, 27019], ['Redis', 6379, 16379, 26379], ['Memcached', 11211], ['Elasticsearch', 9200, 9300],
  ['Microsoft SQL Server|SQL Server|MSSQL|MS SQL', 1433, 1434], ['Cassandra', 9042, 7000, 9160, 7001, 7199], ['CouchDB', 5984], ['InfluxDB', 8086], ['Neo4j', 7474, 7687, 7473], ['ZooKeeper|Zookeeper', 2181, 2888, 3888],
  ['Kafka', 9092, 9093], ['etcd', 2379, 2380], ['Prometheus', 9090], ['Grafana', 3000], ['Kibana', 5601], ['Ollama', 11434], ['Jupyter Notebook|Jupyter', 8888], ['Oracle Database|Oracle', 1521, 2483],
  ['SMTP submission|mail submission|message submission|email submission', 587, 465], ['mDNS|Multicast DNS|multicast DNS', 5353], ['LLMNR', 5355], ['DHCPv6', 546, 547], ['SNMP traps?', 162], ['NetBIOS', 139, 137, 138], ['AMQPS', 5671],
  ['SIPS', 5061], ['NNTPS', 563], ['Finger protocol', 79], ['TURN', 3478, 5349], ['RADIUS', 1812, 1813, 1645, 1646, 2083], ['TACACS\\+?', 49], ['IKE|ISAKMP', 500, 4500], ['L2TP', 1701], ['PPTP', 1723], ['OpenVPN', 1194], ['WireGuard', 51820],
  ['IPP|CUPS', 631], ['AFP', 548], ['RTSP', 554, 8554], ['RTMP', 1935], ['iSCSI', 3260], ['Git protocol|git protocol|git daemon', 9418], ['Subversion|SVN|svnserve', 3690], ['Daytime protocol', 13], ['XMPP', 5222, 5269, 5223, 5280], ['SOCKS5?', 1080], ['Squid', 3128],
  ['PgBouncer', 6432], ['CockroachDB', 26257, 8080], ['ClickHouse', 8123, 9000, 8443, 9440, 9009], ['OpenSearch', 9200, 9300, 9600], ['Logstash', 5044, 9600], ['Consul', 8500, 8600, 8300, 8301, 8302, 8501, 8502], ['HashiCorp Vault|Vault', 8200, 8201],
  ['Nomad', 4646, 4647, 4648], ['Kubernetes API server|Kubernetes API|kube-apiserver', 6443, 443, 8001], ['kubelet|Kubelet', 10250, 10255], ['NATS', 4222, 6222, 8222], ['Zipkin', 9411], ['Alertmanager', 9093, 9094], ['Node Exporter|node_exporter|Node exporter', 9100], ['StatsD', 8125],
  ['Loki', 3100], ['MinIO|Minio', 9000, 9001], ['Solr', 8983], ['RethinkDB', 28015, 8080, 29015], ['ArangoDB', 8529], ['Couchbase', 8091, 11210], ['Minecraft', 25565, 19132], ['Bitcoin', 8333, 8332, 18333, 18332, 18444], ['Vite', 5173, 4173], ['Angular CLI', 4200], ['Flask', 5000],
  ['Django', 8000], ['Ruby on Rails|Rails', 3000], ['Jekyll', 4000], ['Hugo', 1313], ['Next\\.js', 3000], ['Storybook', 6006, 9001, 9009], ['Streamlit', 8501], ['Gradio', 7860], ['TensorBoard', 6006], ['MailHog|Mailhog', 1025, 8025], ['SonarQube', 9000],
  ['Zabbix agent', 10050], ['Zabbix server', 10051], ['NRPE', 5666], ['Puppet', 8140], ['Gerrit', 29418, 8080], ['RabbitMQ management(?: UI| interface| console| plugin)?', 15672, 15671], ['Redis Sentinel', 26379], ['Jenkins', 8080, 50000], ['Tomcat', 8080, 8005, 8009, 8443],
] as const).map(([names, ...values]) => ({ kind: 'port', names, values, ownChoice: !PROTOCOL.test(names) }));
