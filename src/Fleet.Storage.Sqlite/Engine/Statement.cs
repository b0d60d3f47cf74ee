using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Fleet.Storage.Sqlite;

/// <summary>
/// A prepared statement. Values are bound in order with <c>With</c>; the columns of a row are read in order.
/// Disposing resets it and gives it back to its connection.
/// </summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private int parameter;
    private int column;

    public Statement With(long value) => Bound(raw.sqlite3_bind_int64(handle, ++parameter, value));

    public Statement With(long? value) => value is { } number ? With(number) : Null();

    public Statement With(bool value) => With(value ? 1L : 0L);

    public Statement With(DateTimeOffset value) => With(value.ToUnixTimeMilliseconds());

    public Statement With(DateTimeOffset? value) => With(value?.ToUnixTimeMilliseconds());

    public Statement With(byte[]? value) => value switch
    {
        null => Null(),
        // A pointer to nothing would be bound as NULL.
        [] => Bound(raw.sqlite3_bind_zeroblob(handle, ++parameter, 0)),
        _ => Bound(raw.sqlite3_bind_blob(handle, ++parameter, value)),
    };

    public Statement With(string? value)
    {
        if (value is null)
            return Null();
        if (value.Length == 0)
            return Bound(raw.sqlite3_bind_text(handle, ++parameter, ""));
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        Span<byte> bytes = size <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            // With its length given, text may hold NUL characters.
            var length = Encoding.UTF8.GetBytes(value, bytes);
            return Bound(raw.sqlite3_bind_text(handle, ++parameter, bytes[..length]));
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Moves to the next row; false if there is none.</summary>
    public bool Next()
    {
        column = 0;
        return raw.sqlite3_step(handle) switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            var code => throw connection.Fault(code),
        };
    }

    /// <summary>Runs to the end and resets; returns how many rows were changed.</summary>
    public int Run()
    {
        while (Next())
        {
            // Rows of a pragma or of RETURNING that nobody asked for.
        }

        Dispose();
        return connection.Changes;
    }

    public long Long() => raw.sqlite3_column_int64(handle, column++);

    public int Int() => raw.sqlite3_column_int(handle, column++);

    public bool Bool() => Int() != 0;

    public long? LongOrNull() => IsNull() ? null : Long();

    public int? IntOrNull() => IsNull() ? null : Int();

    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Long());

    public DateTimeOffset? TimeOrNull() => IsNull() ? null : Time();

    public string Text() => Encoding.UTF8.GetString(Raw());

    public string? TextOrNull() => IsNull() ? null : Text();

    public byte[] Bytes() => Raw().ToArray();

    public byte[]? BytesOrNull() => IsNull() ? null : Bytes();

    /// <summary>The column as it is stored, valid until the next call.</summary>
    public ReadOnlySpan<byte> Raw() => raw.sqlite3_column_blob(handle, column++);

    public void Dispose()
    {
        _ = raw.sqlite3_reset(handle); // repeats the error of the last step, which has been thrown
        _ = raw.sqlite3_clear_bindings(handle);
        parameter = 0;
        column = 0;
    }

    public void Close() => handle.Dispose();

    private bool IsNull()
    {
        if (raw.sqlite3_column_type(handle, column) != raw.SQLITE_NULL)
            return false;
        column++;
        return true;
    }

    private Statement Null() => Bound(raw.sqlite3_bind_null(handle, ++parameter));

    private Statement Bound(int code) => code == raw.SQLITE_OK ? this : throw connection.Fault(code);
}
