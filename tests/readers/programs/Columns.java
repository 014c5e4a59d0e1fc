import java.sql.*;

/** What a JDBC client such as DBeaver or DataGrip asks first: columns with their remarks, and keys. */
class Columns {
    public static void main(String[] args) throws SQLException {
        try (Connection c = DriverManager.getConnection(args[0])) {
            DatabaseMetaData m = c.getMetaData();
            ResultSet t = m.getTables(null, "trade_potential", "rpt_answer", null);
            while (t.next()) System.out.println("table: " + t.getString("REMARKS"));
            ResultSet k = m.getColumns(null, "trade_potential", "rpt_answer", "k_ratio");
            while (k.next()) System.out.println(k.getString("TYPE_NAME") + ": " + k.getString("REMARKS"));
            ResultSet f = m.getImportedKeys(null, "trade_potential", "rpt_answer");
            while (f.next()) System.out.println(f.getString("FKCOLUMN_NAME") + " -> " + f.getString("PKTABLE_NAME"));
            ResultSet r = c.createStatement().executeQuery("select count(*), sum(k_ratio) from trade_potential.rpt_answer");
            while (r.next()) System.out.println(r.getLong(1) + " rows, sum " + r.getDouble(2));
        }
    }
}
