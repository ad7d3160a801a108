using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Tests;

/// <summary>The file as another program sees it.</summary>
internal static class Database
{
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public static object? Ask(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        return connection.Ask(sql);
    }

    public static object? Ask(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
