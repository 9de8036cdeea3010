echo "serving $(cat www/index.html)"
exec httpd -f -p 8000 -h www
